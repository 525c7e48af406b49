"""Property tests on a busy machine: no example fails because it was slow."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("hall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hall")
