"""Told by hubs instead of asking (WebSub, https://www.w3.org/TR/websub/; the subscriber's side).

callbacks    where hubs reach us: one address a subscription, which nobody can guess (pure)
subscriber   sources that name a hub are subscribed to, renewed in time, and left            → the hub is asked
intent       the hub asks back whether we meant it, or says no                               ← GET  /websub/{token}
intake       what a hub pushes, if its signature is right, is put down at once               ← POST /websub/{token}
pushes       … and read by the worker in the same way as a pull
silence      a hub that does not bring what a pull finds is not relied upon
"""
