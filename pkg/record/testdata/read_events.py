"""Reads a folder of event files as TensorBoard does and prints everything in it as JSON."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0})
events.Reload()
tags = events.Tags()


def number(x):
    return x if x == x and abs(x) != float("inf") else str(x)


print(json.dumps({
    "scalars": {t: [[e.step, number(e.value), e.wall_time] for e in events.Scalars(t)] for t in tags["scalars"]},
    "histograms": {
        t: [
            {"step": e.step, "min": h.min, "max": h.max, "num": h.num, "sum": h.sum,
             "limits": list(h.bucket_limit), "buckets": list(h.bucket)}
            for e in events.Histograms(t)
            for h in [e.histogram_value]
        ]
        for t in tags["histograms"]
    },
}))
