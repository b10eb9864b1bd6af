"""What a machine of one's own costs: prices of `electricity` by country, and of devices (`device_prices`)."""
