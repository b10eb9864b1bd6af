"""The kinds of option and the plain facts of each: where its machines stand, and who bills them.

What a kind meters is in `cloudcost.usage.kinds`, what it is made of and costs in `cloudcost.options.kinds`; the keys
that a project file may give it are in `cloudcost.project`. Other modules ask for a fact, never for the kind.
"""

from __future__ import annotations

from cloudcost.domain.prices import COLAB_SERVICE
from cloudcost.domain.project import Option, OptionKind
from cloudcost.frozen import dataclass

TIME = "a stated time"
"""Stands for `hours_per_run` or `seconds_per_step` among keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Keys of which an option needs one set.

    Parameters
    ----------
    key : str
        That is missed where there is none.
    example : str
        What to add instead, in words.
    sets : tuple of tuple of str
        Keys that suffice together.
    true : str
        A key that suffices alone if it is true; empty where there is none.
    """

    key: str
    example: str
    sets: tuple[tuple[str, ...], ...]
    true: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFacts:
    """What is true of every option of a kind.

    Parameters
    ----------
    in_aws, at_home : bool
        Where its machines stand: in a region of AWS, or with the user. Neither: at another provider.
    title : str
        Whose machine types it takes, where it takes AWS's.
    service : str
        Under which its hours are billed; empty where the provider's name or nobody does.
    type_prefix : str
        What its machine types begin with.
    hour_types : tuple of (str, str) or None
        What the usage type of its hours begins with, on demand and on spot; None where it is the machine's name.
    volume : str
        Its data volume, of those that `cloudcost.catalog.aws.volumes` knows.
    volume_owner : str
        Whose volumes they are, as " of SageMaker"; empty where nobody need be named.
    volume_lasts : bool
        Whether a volume is billed while the machine is stopped.
    may_idle : bool
        Whether its machines are paid while they stand idle.
    ends_by_itself : bool
        Whether a machine ends with its run, so that nobody can forget it.
    has_notebook, may_reserve, names_device : bool
        Whether a notebook is billed beside it, hours can be reserved, and the option itself names the card.
    is_listed : bool
        Whether provider, machine and region are names of other clouds, which may be labels too.
    choices : tuple of Choice
        What it needs of which there are several; what it cannot do without stands at the key.
    machine_by, device_by : tuple of tuple of str
        Keys, `TIME` among them, with which all that counts of the machine, and of its device, is stated: its names are
        labels then.
    left_out : str
        What no bill of it holds; empty where it holds all.
    host : str
        In `cloudcost.catalog.training.hosts`, of machines whose type does not tell; empty elsewhere.
    """

    in_aws: bool = False
    at_home: bool = False
    title: str = ""
    service: str = ""
    type_prefix: str = ""
    hour_types: tuple[str, str] | None = None
    volume: str = "ec2-data"
    volume_owner: str = ""
    volume_lasts: bool = False
    may_idle: bool = False
    ends_by_itself: bool = False
    has_notebook: bool = False
    may_reserve: bool = False
    names_device: bool = False
    is_listed: bool = False
    left_out: str = ""
    host: str = ""
    choices: tuple[Choice, ...] = ()
    machine_by: tuple[tuple[str, ...], ...] = ()
    device_by: tuple[tuple[str, ...], ...] = ()

    @property
    def place(self) -> str:
        """Where it trains, as a verdict says it: "local" or "cloud"."""
        return "local" if self.at_home else "cloud"


KINDS: dict[OptionKind, KindFacts] = {
    "ec2": KindFacts(
        in_aws=True, title="EC2", service="AmazonEC2", hour_types=("BoxUsage", "SpotUsage"),
        volume_lasts=True, may_idle=True, may_reserve=True,
    ),
    "sagemaker": KindFacts(
        in_aws=True, title="SageMaker", service="AmazonSageMaker", type_prefix="ml.",
        hour_types=("Train", "TrSpt"), volume="sagemaker-training",
        volume_owner=" of SageMaker", may_idle=True, ends_by_itself=True, has_notebook=True,
    ),
    "colab": KindFacts(service=COLAB_SERVICE, ends_by_itself=True, host="colab"),
    "local": KindFacts(
        at_home=True, names_device=True, machine_by=((TIME, "watts"),), device_by=((TIME, "watts"),),
        choices=(
            Choice(key="purchase_usd", example="purchase_usd = 1200, or owned = true", sets=(("purchase_usd",),),
                   true="owned"),
        ),
    ),
    "cloud": KindFacts(
        may_idle=True, names_device=True, is_listed=True, left_out="disks of other clouds whose prices are not known",
        machine_by=(("usd_per_hour", TIME), ("usd_per_hour", "device")), device_by=((TIME,),),
        choices=(
            Choice(key="instance", example="instance, or device and usd_per_hour",
                   sets=(("instance",), ("device", "usd_per_hour"))),
        ),
    ),
}  # fmt: skip


def facts_of(option: Option) -> KindFacts:
    """Return the facts of an option's kind."""
    return KINDS[option.kind]


def aws_kind_of(instance: str) -> OptionKind:
    """Return the kind of option that takes a machine type of AWS: the one with the longest prefix that it begins with.

    Examples
    --------
    >>> aws_kind_of("ml.g5.xlarge"), aws_kind_of("g5.xlarge")
    ('sagemaker', 'ec2')
    """
    fitting = [kind for kind, facts in KINDS.items() if facts.in_aws and instance.startswith(facts.type_prefix)]
    return max(fitting, key=lambda kind: len(KINDS[kind].type_prefix))
