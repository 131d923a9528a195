"""How to reach the town's own identity provider. Apart from `oidc`, as every verb reads its settings."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class OidcSettings:
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "ProConnect"
    """On the button."""
    acr_values: str | None = None
    """What ProConnect calls the wanted level of assurance, such as eidas1."""
