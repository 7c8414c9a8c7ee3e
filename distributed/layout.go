package distributed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// anywhere is the label of trainings that any worker may train.
const anywhere = "any"

// subject is where a training lies: one subject each, so that the stream refuses a second message of the same.
func (q *Queue) subject(label, search, id string) string {
	return q.name + ".trial." + label + "." + search + "." + id
}

// placeOf takes a subject apart.
func placeOf(subject string) (search, id string, ok bool) {
	parts := strings.Split(subject, ".")
	if len(parts) != 5 {
		return "", "", false
	}
	return parts[3], parts[4], true
}

func (q *Queue) cancelSubject(search string) string { return q.name + ".cancel." + search }

// make makes what the queue consists of, or opens it where it is there.
func (q *Queue) make(ctx context.Context, o Options) error {
	return retry{queue: q, patience: 30 * time.Second}.do(ctx, func(ctx context.Context) error { return q.makeOnce(ctx, o) })
}

func (q *Queue) makeOnce(ctx context.Context, o Options) (err error) {
	if q.trials, err = q.stream(ctx, o); err != nil {
		return fmt.Errorf("the stream: %w", err)
	}
	info := q.trials.CachedInfo()
	q.lease = leaseOf(info.Config.Metadata)
	asked := o.Replicas
	o.Replicas = or(asked, info.Config.Replicas)
	bucket := func(name, what string) (jetstream.KeyValue, error) {
		config := jetstream.KeyValueConfig{Bucket: q.name + "_" + name, Description: what, Storage: jetstream.FileStorage, Replicas: o.Replicas, Compression: true}
		kv, err := q.js.KeyValue(ctx, config.Bucket)
		if errors.Is(err, jetstream.ErrBucketNotFound) {
			kv, err = q.js.CreateOrUpdateKeyValue(ctx, config)
		}
		if err != nil {
			err = fmt.Errorf("the bucket %s: %w", config.Bucket, err)
		}
		return kv, err
	}
	if q.results, err = bucket("results", "what came of trainings"); err != nil {
		return err
	}
	if q.notes, err = bucket("notes", "what kept trainings from having a result"); err != nil {
		return err
	}
	store := jetstream.ObjectStoreConfig{Bucket: q.name + "_data", Description: "arrays by their SHA-256", Storage: jetstream.FileStorage, Replicas: o.Replicas}
	q.data, err = q.js.ObjectStore(ctx, store.Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		q.data, err = q.js.CreateOrUpdateObjectStore(ctx, store)
	}
	if err != nil {
		return fmt.Errorf("the object store: %w", err)
	}
	if asked > 0 {
		if err := q.replicate(ctx, asked); err != nil {
			return err
		}
	}
	_, err = q.consumer(ctx, anywhere)
	return err
}

const leaseKey = "unstuck-lease"

func leaseOf(metadata map[string]string) time.Duration {
	if d, err := time.ParseDuration(metadata[leaseKey]); err == nil {
		return d
	}
	return defaultLease
}

// stream is that of the trainings. The lease of one that is there stays: workers renew by it.
func (q *Queue) stream(ctx context.Context, o Options) (jetstream.Stream, error) {
	config := jetstream.StreamConfig{
		Name: q.name + "_trials", Description: "trainings to be done", Subjects: []string{q.name + ".trial.>"},
		Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage, Compression: jetstream.S2Compression,
		MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true,
		Replicas: max(1, o.Replicas), Metadata: map[string]string{leaseKey: or(o.Lease, defaultLease).String()},
	}
	there, err := q.js.Stream(ctx, config.Name)
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return there, err
	}
	there, err = q.js.CreateStream(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // somebody else was quicker, with another lease
		return q.js.Stream(ctx, config.Name)
	}
	return there, err
}

// consumer hands out the trainings of a label. One that is there stays as it is, for workers work by it.
func (q *Queue) consumer(ctx context.Context, label string) (jetstream.Consumer, error) {
	c, err := q.trials.Consumer(ctx, label)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		c, err = q.trials.CreateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: label, AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.lease, MaxDeliver: -1, MaxAckPending: 100_000,
			FilterSubject: q.name + ".trial." + label + ".>",
		})
	}
	if err != nil {
		return nil, fmt.Errorf("the consumer of %q: %w", label, err)
	}
	return c, nil
}
