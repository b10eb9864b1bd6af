"""A bucket of S3 as its API lists it: read-only, resumable, in bounded memory (extra s3)."""
