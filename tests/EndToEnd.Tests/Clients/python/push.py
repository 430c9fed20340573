"""Pushes with Prometheus' own client library.

    push.py <url> <job> <step>

PUSH_USER and PUSH_SECRET hold a credential.
"""

import os
import sys

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    delete_from_gateway,
    instance_ip_grouping_key,
    push_to_gateway,
    pushadd_to_gateway,
)
from prometheus_client.exposition import basic_auth_handler, default_handler

url, job, step = sys.argv[1:]


def handler(url, method, timeout, headers, data):
    if 'PUSH_USER' not in os.environ:
        return default_handler(url, method, timeout, headers, data)
    return basic_auth_handler(
        url, method, timeout, headers, data, os.environ['PUSH_USER'], os.environ['PUSH_SECRET'])


def load(registry, value):
    Gauge('batch_load', 'The load.', registry=registry).set(value)


group = {'instance': 'host-1'}
keys = [
    (job, {'path': '/var/tmp'}),
    (job, {'instance': ''}),
    (job, {'city': 'Köln Süd'}),
    (job, {'b': '2/', 'a': '1'}),
    (job, instance_ip_grouping_key()),
    (job + '/nightly', {}),
]
registry = CollectorRegistry()

if step == 'push':
    load(registry, 21.5)
    Counter('batch_runs', 'The runs.', registry=registry).inc(3)
    duration = Histogram('batch_duration_seconds', 'How long.', buckets=(0.1, 1, 10), registry=registry)
    duration.observe(0.5)
    duration.observe(2)
    push_to_gateway(url, job, registry, group, handler=handler)
elif step == 'add':
    load(registry, 22.5)
    pushadd_to_gateway(url, job, registry, group, handler=handler)
elif step == 'replace':
    load(registry, -3)
    push_to_gateway(url, job, registry, group, handler=handler)
elif step == 'delete':
    delete_from_gateway(url, job, group, handler=handler)
elif step == 'keys':
    Gauge('batch_key', 'Is there.', ['client'], registry=registry).labels(job).set(1)
    for name, key in keys:
        push_to_gateway(url, name, registry, key, handler=handler)
elif step == 'forget':
    for name, key in keys:
        delete_from_gateway(url, name, key, handler=handler)
else:
    sys.exit(f'unknown step {step}')
