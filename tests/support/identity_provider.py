"""A real OpenID Connect provider as a process of its own: discovery, keys, code flow with PKCE.

Everybody who comes is let in as the person named on the command line. It is strict where a provider must be:
codes serve once, and only with the verifier, the secret and the address that they were asked with.

    python -m tests.support.identity_provider PORT EMAIL [json|jwt|unverified]
"""

import asyncio
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

CLIENT_ID, CLIENT_SECRET = "mairie", "secret de la mairie"


def provider(issuer: str, email: str, kind: str) -> FastAPI:
    """`kind`: how the e-mail address is told: in JSON, in a signed token, or as not verified."""
    app = FastAPI()
    key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}, auto_kid=False)
    asked: dict[str, dict[str, str]] = {}
    tokens: set[str] = set()

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, str]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
        }

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False)]}

    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        asking = dict(request.query_params)
        if asking["client_id"] != CLIENT_ID or asking["code_challenge_method"] != "S256":
            return PlainTextResponse("unknown client", 400)
        code = secrets.token_urlsafe()
        asked[code] = asking
        answer = urlencode({"code": code, "state": asking["state"]})
        return RedirectResponse(f"{asking['redirect_uri']}?{answer}", 303)

    @app.post("/token")
    async def token(request: Request) -> Response:
        given = {name: str(value) for name, value in (await request.form()).items()}
        asking = asked.pop(given.get("code", ""), None)
        if (
            asking is None
            or given.get("client_secret") != CLIENT_SECRET
            or given.get("redirect_uri") != asking["redirect_uri"]
            or create_s256_code_challenge(given.get("code_verifier", "")) != asking["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": issuer, "aud": CLIENT_ID, "sub": "42", "iat": now, "exp": now + 60}
        access = secrets.token_urlsafe()
        tokens.add(access)
        id_token = jwt.encode({"alg": "RS256", "kid": "1"}, {**claims, "nonce": asking["nonce"]}, key)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": id_token})

    @app.get("/userinfo")
    async def userinfo(request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in tokens:
            return JSONResponse({"error": "invalid_token"}, 401)
        told = {"sub": "42", "email": email, "email_verified": kind != "unverified"}
        if kind == "jwt":
            signed = jwt.encode({"alg": "RS256", "kid": "1"}, told, key)
            return Response(signed, media_type="application/jwt")
        return JSONResponse(told)

    return app


@asynccontextmanager
async def identity_provider(email: str, kind: str = "json") -> AsyncIterator[str]:
    """Its address, while it runs."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.identity_provider", str(port), email, kind
    )
    try:
        async with asyncio.timeout(30), httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(f"{issuer}/jwks")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        yield issuer
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    _, port_text, who, how = sys.argv
    address = f"http://127.0.0.1:{port_text}"
    uvicorn.run(provider(address, who, how), port=int(port_text), log_level="warning")
