"""Signing in through the town's own identity provider, such as ProConnect (OpenID Connect, code flow).

State, nonce and PKCE verifier are derived from the browser's own cookie: nothing is kept here meanwhile.
"""

import hmac
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from callbacks.errors import SignInRefused
from callbacks.oidc_settings import OidcSettings
from callbacks.sessions import derived

TIMEOUT_S = 8.0
LEEWAY_S = 60
"""Clocks differ."""
ALGORITHMS = ["RS256", "PS256", "ES256"]
SCOPE = "openid email"
_AWAY = "Le fournisseur d'identité ne répond pas : réessayez, ou entrez par mot de passe."
_ODD = "Le fournisseur d'identité a donné une réponse inattendue."


class OidcLogin:
    """One provider."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._found: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return self.settings.name

    async def begin(self, visit: str, redirect_uri: str) -> str:
        """Where to send the browser; `visit`: the token in its cookie. Raises SignInRefused."""
        found = await self._discover()
        async with self._client(redirect_uri) as client:
            more = {"acr_values": self.settings.acr_values} if self.settings.acr_values else {}
            url, _ = client.create_authorization_url(
                str(found["authorization_endpoint"]),
                state=derived(visit, "oidc state"),
                nonce=derived(visit, "oidc nonce"),
                code_verifier=derived(visit, "oidc verifier"),
                **more,
            )
        return str(url)

    async def finish(self, visit: str, answer: Mapping[str, str], redirect_uri: str) -> str:
        """The e-mail address that the provider vouches for. Raises SignInRefused."""
        state = answer.get("state", "").encode("utf-8", "replace")
        if not hmac.compare_digest(state, derived(visit, "oidc state").encode()):
            raise SignInRefused("Cette connexion ne vient pas de cette page : recommencez.")
        if "code" not in answer:
            raise SignInRefused("Le fournisseur d'identité n'a pas donné son accord.")
        found = await self._discover()
        try:
            async with self._client(redirect_uri) as client:
                token = await client.fetch_token(
                    str(found["token_endpoint"]),
                    code=answer["code"],
                    code_verifier=derived(visit, "oidc verifier"),
                )
                keys = await self._keys(str(found["jwks_uri"]))
                claims = self._id_token(token, keys, derived(visit, "oidc nonce"))
                if "email" not in claims and "userinfo_endpoint" in found:
                    claims |= await self._user_info(client, str(found["userinfo_endpoint"]), keys, claims)
        except httpx.HTTPError as error:
            raise SignInRefused(_AWAY) from error
        except (OAuthError, JoseError, ValueError, KeyError) as error:
            raise SignInRefused(_ODD) from error
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is False:
            raise SignInRefused("Le fournisseur d'identité n'a pas donné d'adresse vérifiée.")
        return email

    async def _discover(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0 §4; kept once it was found."""
        if self._found is None:
            url = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                    found = (await client.get(url)).raise_for_status().json()
                if found["issuer"].rstrip("/") != self.settings.issuer.rstrip("/"):
                    raise SignInRefused(_ODD)
            except httpx.HTTPError as error:
                raise SignInRefused(_AWAY) from error
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SignInRefused(_ODD) from error
            self._found = found
        return self._found

    async def _keys(self, url: str) -> KeySet:
        """The provider's, as they are now: it may have changed them since."""
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            return KeySet.import_key_set((await client.get(url)).raise_for_status().json())

    def _id_token(self, token: Mapping[str, Any], keys: KeySet, nonce: str) -> dict[str, Any]:
        """Its claims, checked (OpenID Connect Core 1.0 §3.1.3.7). Raises JoseError."""
        claims = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        return dict(claims)

    async def _user_info(
        self, client: AsyncOAuth2Client, url: str, keys: KeySet, claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """As JSON or, as ProConnect does, a signed token; of the same person (Core §5.3.2)."""
        answer = (await client.get(url)).raise_for_status()
        if answer.headers.get("content-type", "").startswith("application/jwt"):
            told = dict(jwt.decode(answer.text, keys, algorithms=ALGORITHMS).claims)
        else:
            told = dict(answer.json())
        if told.get("sub") != claims.get("sub"):
            raise ValueError("the provider speaks of somebody else")
        return {name: told[name] for name in ("email", "email_verified") if name in told}

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            token_endpoint_auth_method="client_secret_post",
            code_challenge_method="S256",
            scope=SCOPE,
            redirect_uri=redirect_uri,
            timeout=TIMEOUT_S,
        )
