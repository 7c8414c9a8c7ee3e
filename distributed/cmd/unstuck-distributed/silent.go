package main

import (
	"context"
	"time"

	"example.com/unstuck/distributed"
)

// lookEvery is how often it is asked which workers are silent.
const lookEvery = 3 * time.Second

// watchSilent tells how many trainings wait for the leases of workers that are silent, until ctx ends. What counts in two looks counts: a task may just
// be on its way.
func watchSilent(ctx context.Context, q *distributed.Queue, tell func(n int, lease time.Duration)) {
	before := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookEvery):
		}
		now, err := q.Silent(ctx)
		if err != nil {
			continue // that there is no connection is told elsewhere
		}
		tell(min(before, now), q.Lease())
		before = now
	}
}
