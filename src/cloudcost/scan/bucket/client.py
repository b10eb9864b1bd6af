"""The few requests of S3's API that a scan makes, each counted; whatever else would be sent is refused before it is.

Credentials, region and endpoint are found as boto3 finds them: environment, profiles, roles of machines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cloudcost.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from botocore.client import BaseClient

PERMISSIONS: Mapping[str, tuple[str, str]] = {
    "GetBucketVersioning": ("get_bucket_versioning", "s3:GetBucketVersioning"),
    "GetBucketLifecycleConfiguration": ("get_bucket_lifecycle_configuration", "s3:GetLifecycleConfiguration"),
    "ListObjectsV2": ("list_objects_v2", "s3:ListBucket"),
    "ListObjectVersions": ("list_object_versions", "s3:ListBucketVersions"),
    "ListMultipartUploads": ("list_multipart_uploads", "s3:ListBucketMultipartUploads"),
    "ListParts": ("list_parts", "s3:ListMultipartUploadParts"),
}
"""Every request that a scan makes: what boto3 calls it, and the permission that it takes. All of them only read."""
_DENIED = frozenset({"AccessDenied", "403", "AllAccessDisabled", "AccountProblem", "InvalidPayer"})
_CREDENTIALS = frozenset({
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired",
    "RequestTimeTooSkewed", "UnrecognizedClientException", "InvalidClientTokenId",
})  # fmt: skip
_THROTTLED = frozenset({"SlowDown", "503", "Throttling", "ThrottlingException", "RequestLimitExceeded", "429"})
_GONE = frozenset({"NoSuchUpload"})
_NO_RULES = frozenset({"NoSuchLifecycleConfiguration"})
Response = Mapping[str, Any]
"""What boto3 makes of S3's answer."""


class ForbiddenRequestError(Exception):
    """A request that is none of `PERMISSIONS`: nothing of it was sent."""


class ReadOnlyClient:
    """S3, asked by a scan (mutable: it counts).

    Parameters
    ----------
    source : str
        ``s3://bucket/prefix``, for messages.

    Raises
    ------
    MissingExtraError
        When boto3 is not installed.
    InputError
        When the configuration of AWS's tools is wrong.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.requests: Counter[str] = Counter()
        self._client = _client(source)

    @property
    def region(self) -> str | None:
        """Where the client thinks that the bucket is."""
        name: str | None = self._client.meta.region_name
        return name

    def ask(self, operation: str, **arguments: object) -> Response:
        """Return what S3 answers to one of `PERMISSIONS`; an empty answer for what is not there (any more).

        Raises
        ------
        InputError
            In one line: no credentials, a permission that is missing, no such bucket, no way to S3, or that S3 still
            asks for fewer requests after boto3's own tries.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        method, _ = PERMISSIONS[operation]
        self.requests[operation] += 1
        try:
            answer: Response = getattr(self._client, method)(**arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _GONE or code in _NO_RULES:
                return {}
            raise _told(self.source, operation, code, error) from None
        except BotoCoreError as error:
            raise _not_reached(self.source, error) from None
        return answer


def _client(source: str) -> BaseClient:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise MissingExtraError("s3", "scanning a bucket") from None
    try:
        client: BaseClient = boto3.session.Session().client("s3", config=Config(retries={"mode": "standard"}))
    except (BotoCoreError, ValueError) as error:
        raise _not_reached(source, error) from None
    client.meta.events.register("before-call.s3", _refuse_others)
    return client


def _refuse_others(model: Any, **_: object) -> None:
    """Refuse every request that is none of a scan."""
    if model.name not in PERMISSIONS:
        raise ForbiddenRequestError(model.name)


def _told(source: str, operation: str, code: str, error: Exception) -> InputError:
    """Return S3's refusal in one line."""
    permission = PERMISSIONS[operation][1]
    if code in _THROTTLED:
        return InputError(
            f"{source}: S3 asks for fewer requests ({code} to {operation}), wait and go on with --resume FILE"
        )
    if code in _DENIED:
        return InputError(
            f"{source}: not permitted, {permission} is missing ({operation}: {code}), add it: --iam-policy prints the "
            "least policy"
        )
    if code in _CREDENTIALS:
        return InputError(f"{source}: credentials that S3 does not take, {code}, renew them or set AWS_PROFILE")
    if code in ("NoSuchBucket", "404"):
        return InputError(f"{source}: no such bucket, {code}, correct its name")
    words = " ".join(str(error).split())
    return InputError(f"{source}: S3 refuses {operation} ({permission}), {words}, correct what it names")


def _not_reached(source: str, error: Exception) -> InputError:
    name, words = type(error).__name__, " ".join(str(error).split()).rstrip(".")
    if "Credential" in name or "Token" in name or name in ("ProfileNotFound", "SSOError"):
        return InputError(
            f"{source}: no credentials ({words}), {name}, set AWS_PROFILE or AWS_ACCESS_KEY_ID; listing takes "
            "s3:ListBucket, --iam-policy prints the least policy"
        )
    return InputError(f"{source}: S3 cannot be asked, {words}, correct the name, the endpoint or the connection")
