"""What an account may run at once: AWS's Service Quotas."""
