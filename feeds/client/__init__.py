"""The one door to other people's servers.

    async with Client(user_agent="…", allowed=AllowedHosts.parse("")) as client:
        answer = await client.get("https://example.org/feed/", {"If-None-Match": '"abc"'})

What it holds to, whoever asks: every hop's address is in normal form (feeds/addresses), every connection goes to a
public IP address, or to a host that the operator opened; at most five redirects; no cookies, no credentials, no proxy
from the environment; TLS 1.2 or later, verified; an answer is bounded in time, in bytes on the wire, in bytes unpacked
and in headers; all answers together are bounded in memory; and one site gets only a few requests at a time. Whatever
goes wrong is a FetchError or an AddressError: aiohttp's own exceptions end here. A status is no error for `get`;
`refusal` says what it means.

    asking.py       Client: one question, hop by hop
    connections.py  where connections may go: names are looked up, and the address that is connected to is checked
    bodies.py       how much is taken of an answer, and for how long it is waited for
    codings.py      gzip, deflate, br and zstd, unpacked a step at a time
    answers.py      Answer, and what its status means
    failures.py     what aiohttp raises → FetchError or AddressError
"""

from feeds.client.answers import Answer, refusal
from feeds.client.asking import Client

__all__ = ["Answer", "Client", "refusal"]
