"""What S3 meters: bytes kept, requests, retrieval, transfer."""
