"""docs/settings.md: each key of the settings file, from its declaration."""

from typing import Any, get_args, get_type_hints

from msgspec import Meta

from ops.shell.settings import FILE_NAME, PREFIX, SECRETS, SECTIONS, VARIABLE
from schemas.topic_names import PREFIX_VARIABLE

_HEAD = f"""# Settings

Generated from `ops/shell/settings.py` by `python -m ops docs write`.

What is the same for all processes stands in one file, `{FILE_NAME}` in the working directory, or
where `python -m ops --settings-file FILE` or the variable `{VARIABLE}` says. Each key has a
variable that goes before it, such as `{PREFIX}KAFKA_USERNAME`, and an address on the command line
goes before both. What differs from one instance to another, such as `--instance`, is told on the
command line only.

Secrets are never told on a command line, which all users of a machine read, nor in this file,
which is passed around: each has a variable, and a key that ends in `_file` for a file with
nothing else in it, as containers mount them. No error and no log shows them. What is not known,
or not one of the values, is an error that names the key.

```toml
[kafka]
bootstrap_servers = "kafka-1.example:9093,kafka-2.example:9093"
security_protocol = "sasl_ssl"
sasl_mechanism = "SCRAM-SHA-512"
username = "worker"
password_file = "/run/secrets/kafka-password"
ca_file = "/etc/ssl/kafka-ca.pem"

[registry]
address = "https://registry.example/apis/ccompat/v7"
token_file = "/run/secrets/registry-token"

[database]
address = "postgresql://ip_takedowns@database.example/ip_takedowns"
password_file = "/run/secrets/database-password"
```

PostgreSQL's address may name several hosts, of which the one that takes writes is taken, at the
start and after a failover. A pooler before it is refused: services hold locks in their sessions.

Each service is a principal of its own, named as its command. `python -m ops acls` prints what
each may do, and no more, made from what each says of itself: for `kafka-acls.sh`, Confluent's
command (`--format confluent`), or as Strimzi's users (`--format strimzi`). So only `worker` can
write takedowns. Who brings in listings and parties is the principal `feed`.

Workers that run with `--forward-misplaced` write their inputs too: `acls --forward-misplaced`.

What processes log goes to standard error, a line for each thing, as text or as JSON (`[logs]`):
time, level, service, logger and message, and what it is about, as `case_id`, `listing_id`, `row` of
the state or `request_id`. Texts of parties are not logged. What errors of libraries quote is cut:
e-mail addresses, users in addresses, and rows of a database.

Where `[traces]` names an endpoint, spans of OpenTelemetry are sent there ([traces](traces.md)).

Where several pipelines share a cluster, the variable `{PREFIX_VARIABLE}`, such as `staging.`, is a
prefix of all names that one has on Kafka: topics, consumer groups, transactions, and subjects of
the registry. It is the same for all its processes and never changes; what `topics` and `acls` print
has it too. It is a variable only, as names hold before any file is read.

Topics may be made and kept by others: services make none but those of `views` for itself. `python
-m ops topics check` tells where a cluster's topics differ from what is declared, and writes
nothing; `topics print` lists the declaration as JSON, with partitions and settings, for whoever
makes them.

Tokens of OAUTHBEARER are renewed before they end. `AWS_MSK_IAM` needs the extra `aws` (`pip
install 'ip-takedown-streams[aws]'`), and takes credentials where Amazon's own tools do. A token
of the registry is read from its file for each request, so that whoever renews it writes it there.
"""


def render() -> str:
    """Return the page."""
    parts = [_HEAD]
    for section, kind in SECTIONS.items():
        doc = (kind.__doc__ or "").strip()
        parts.append(f"\n## `[{section}]`\n\n{doc}\n\n| key | what | values |\n|---|---|---|\n")
        hints = get_type_hints(kind, include_extras=True)
        parts += [_row(name, hints[name]) for name in kind.__struct_fields__]
    return "".join(parts)


def _row(name: str, hint: Any) -> str:
    plain, meta = get_args(hint)[0], next(x for x in get_args(hint) if isinstance(x, Meta))
    values = ", ".join(f"`{each}`" for each in _words(plain)) or "text"
    shown = f"`{name}`" if name not in SECRETS else f"`{name}` (variable)"
    return f"| {shown} | {meta.description} | {values} |\n"


def _words(kind: Any) -> list[str]:
    if isinstance(kind, str):
        return [kind]
    return [word for each in get_args(kind) for word in _words(each)]
