// Package distributed runs the trainings of a search on several processes and machines, over a work queue of NATS JetStream that
// loses nothing: each training has exactly one result, whoever is killed meanwhile.
//
//	q, err := distributed.Open(ctx, "nats://queue.example:4222", distributed.Options{})
//	table, err := explore.Search(ctx, t, points, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
//
// and on each machine that trains, q.Work or the command unstuck worker.
//
// An empty URL starts a JetStream server in this process, which listens on localhost alone.
//
// # What lies where
//
// A training is sent as a message of a stream with a work queue's retention, as package wire writes it; its arrays lie in an object
// store under the SHA-256 of their content, each once. Its name is a hash of what it says, so that submitting it again changes nothing.
// A worker leases it for [Options.Lease] and renews that while it trains. It writes what came of it into a key-value bucket, which takes one
// value for each key and no second one, and only then acknowledges the message. A worker that is killed just stops renewing.
package distributed
