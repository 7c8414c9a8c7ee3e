package distributed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"example.com/unstuck/internal/border"
)

// Cleared is what was taken away.
type Cleared struct {
	Results int    // of trainings
	Data    int    // arrays that nothing refers to any more
	Bytes   uint64 // that all of it had
}

// ErrQueued refuses to clear what is still to be trained: [Queue.Cancel] it, or wait.
var ErrQueued = errors.New("some of its trainings are queued: cancel it first, or wait for them")

// Searches are the names under which there are results, with their numbers.
func (q *Queue) Searches(ctx context.Context) (map[string]int, error) {
	all, err := border.InterruptibleWithin(ctx, inOrder, func() (map[string]int, error) { return q.searches(ctx) })
	if err != nil {
		return nil, fmt.Errorf("distributed: what there is: %w", err)
	}
	return all, nil
}

func (q *Queue) searches(ctx context.Context) (map[string]int, error) {
	subjects, err := q.subjects(ctx, "KV_"+q.name+"_results", ">")
	all := map[string]int{}
	for subject := range subjects {
		if parts := strings.Split(subject, "."); len(parts) == 4 {
			all[parts[2]]++
		}
	}
	return all, err
}

// Clear takes the results of a search away, and all data that nothing queued and no result needs: submitted again, it is trained again. It is not for a queue
// that somebody submits to at the same moment: data that were sent for what isn't queued yet look unused.
func (q *Queue) Clear(ctx context.Context, search string) (Cleared, error) {
	if !goodName.MatchString(search) {
		return Cleared{}, fmt.Errorf("distributed: the name %q: must be 1 to 60 letters, digits, - and _", search)
	}
	c, err := border.InterruptibleWithin(ctx, inOrder, func() (Cleared, error) { return q.clear(ctx, search) })
	if err != nil {
		return c, fmt.Errorf("distributed: clearing %s: %w", search, err)
	}
	return c, nil
}

func (q *Queue) clear(ctx context.Context, search string) (c Cleared, err error) {
	if err := q.checkDone(ctx, search); err != nil {
		return c, err
	}
	before, err := q.bytes(ctx)
	if err != nil {
		return c, err
	}
	for _, bucket := range []string{q.name + "_results", q.name + "_notes"} {
		subject := "$KV." + bucket + "." + search + ".*"
		there, err := q.subjects(ctx, "KV_"+bucket, subject)
		if err != nil {
			return c, err
		}
		if bucket == q.name+"_results" {
			c.Results = len(there)
		}
		err = retry{queue: q}.do(ctx, func(ctx context.Context) error {
			s, err := q.js.Stream(ctx, "KV_"+bucket)
			if err == nil {
				err = s.Purge(ctx, jetstream.WithPurgeSubject(subject))
			}
			return err
		})
		if err != nil {
			return c, err
		}
	}
	if c.Data, err = q.clearData(ctx); err != nil {
		return c, err
	}
	after, err := q.bytes(ctx)
	c.Bytes = before - min(before, after) // others may have written meanwhile
	return c, err
}

// checkDone refuses where something is queued that has no result. What has one is in the queue only for its worker's last word that was lost.
func (q *Queue) checkDone(ctx context.Context, search string) error {
	subject := q.name + ".trial.*." + search + ".>"
	queued, err := q.subjects(ctx, q.name+"_trials", subject)
	if err != nil || len(queued) == 0 {
		return err
	}
	results, err := q.subjects(ctx, "KV_"+q.name+"_results", "$KV."+q.name+"_results."+search+".*")
	if err != nil {
		return err
	}
	for place := range queued {
		if _, id, ok := placeOf(place); ok && results["$KV."+q.name+"_results."+search+"."+id] == 0 {
			return ErrQueued
		}
	}
	return retry{queue: q}.do(ctx, func(ctx context.Context) error {
		return q.trials.Purge(ctx, jetstream.WithPurgeSubject(subject))
	})
}

// sumPattern is how data are referred to, in tasks and results.
var sumPattern = regexp.MustCompile(`[0-9a-f]{64}`)

// clearData deletes what nothing refers to.
func (q *Queue) clearData(ctx context.Context) (int, error) {
	var objects []*jetstream.ObjectInfo
	err := retry{queue: q}.do(ctx, func(ctx context.Context) error {
		var err error
		objects, err = q.data.List(ctx)
		if errors.Is(err, jetstream.ErrNoObjectsFound) {
			return nil
		}
		return err
	})
	if err != nil || len(objects) == 0 {
		return 0, err
	}
	needed := map[string]bool{}
	for _, name := range []string{q.name + "_trials", "KV_" + q.name + "_results"} {
		if err := q.eachMessage(ctx, name, func(text []byte) {
			for _, sum := range sumPattern.FindAll(text, -1) {
				needed[string(sum)] = true
			}
		}); err != nil {
			return 0, err
		}
	}
	// A task that is long is set aside itself, and refers to data.
	for _, sum := range slices.Collect(maps.Keys(needed)) {
		i := slices.IndexFunc(objects, func(o *jetstream.ObjectInfo) bool { return o.Name == sum })
		if i < 0 || objects[i].Size > 64<<20 { // an array
			continue
		}
		text, err := q.brought(ctx, sum)
		if err != nil {
			return 0, err
		}
		if len(text) > 0 && text[0] == '{' {
			for _, inner := range sumPattern.FindAll(text, -1) {
				needed[string(inner)] = true
			}
		}
	}
	n := 0
	for _, o := range objects {
		if needed[o.Name] {
			continue
		}
		err := retry{queue: q}.do(ctx, func(ctx context.Context) error { return q.data.Delete(ctx, o.Name) })
		if err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
			return n, err
		}
		n++
	}
	return n, nil
}
