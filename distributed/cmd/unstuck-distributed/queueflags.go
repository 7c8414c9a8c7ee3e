package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
)

// queueVariable holds the URL of a queue where no flag does: a secret in it is seen by no other user of the machine.
const queueVariable = "UNSTUCK_QUEUE"

// queueFlags say which queue is meant and how it is reached.
type queueFlags struct {
	server, dir, name           string
	creds, nkey                 string
	ca, certificate, privateKey string
	replicas                    int
	lease                       time.Duration
	follow                      bool // never serve the queue of this machine
}

func (f *queueFlags) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&f.server, "server", "", "URL of a server of NATS with JetStream, nats://host:4222, or of several, with commas (default: $"+queueVariable+", else a queue on this machine)")
	flags.StringVar(&f.dir, "dir", "", "folder of the queue on this machine (default: unstuck/queue in the user's folder for caches)")
	flags.StringVar(&f.name, "queue", "", "name of the queue on its server (default: unstuck)")
	flags.StringVar(&f.creds, "creds", "", "file with NATS' credentials (a JWT and its seed)")
	flags.StringVar(&f.nkey, "nkey", "", "file with the seed of an NKey")
	flags.StringVar(&f.ca, "tls-ca", "", "file with the certificates that servers are trusted by, beside the system's")
	flags.StringVar(&f.certificate, "tls-cert", "", "file with this program's certificate, for servers that ask for one")
	flags.StringVar(&f.privateKey, "tls-key", "", "file with its private key")
	flags.IntVar(&f.replicas, "replicas", 0, "on how many servers of a cluster all of the queue is kept from now on: 1, 3 or 5 (default: as it is, 1 for a new one)")
	flags.DurationVar(&f.lease, "lease", 0, "how long a worker that is silent keeps its training when the queue is made (default: 30s; one that is there keeps its own)")
}

func (f *queueFlags) url() string {
	if f.server == "" && f.dir == "" {
		return os.Getenv(queueVariable)
	}
	return f.server
}

// open opens the queue; where none is named that of this machine, whose server then runs in this process unless another has it. What is
// amiss with the connection, or is otherwise than the flags say, is reported.
func (f *queueFlags) open(ctx context.Context, report io.Writer) (*distributed.Queue, error) {
	o := distributed.Options{Name: f.name, Replicas: f.replicas, Lease: f.lease, Server: distributed.Embedded{Dir: f.dir, Follow: f.follow}}
	if !f.follow { // else the one that started this process tells
		o.Told = func(line string) { fmt.Fprintln(report, "unstuck:", line) }
	}
	if f.creds != "" {
		o.Connect = append(o.Connect, nats.UserCredentials(f.creds))
	}
	if f.nkey != "" {
		key, err := nats.NkeyOptionFromSeed(f.nkey)
		if err != nil {
			return nil, fmt.Errorf("--nkey %s: %w", f.nkey, err)
		}
		o.Connect = append(o.Connect, key)
	}
	if f.ca != "" {
		o.Connect = append(o.Connect, nats.RootCAs(f.ca))
	}
	if f.certificate != "" || f.privateKey != "" {
		o.Connect = append(o.Connect, nats.ClientCert(f.certificate, f.privateKey))
	}
	q, err := distributed.Open(ctx, f.url(), o)
	if err == nil && f.lease > 0 && q.Lease() != f.lease {
		fmt.Fprintf(report, "unstuck: the queue is there and has a lease of %s; --lease %s is for one that is made\n", q.Lease(), f.lease)
	}
	return q, err
}

// passOn are the flags by which another process of this machine reaches the same queue; a URL goes through the environment. A queue of
// this machine has a folder in place of one: who serves it may change.
func (f *queueFlags) passOn() ([]string, error) {
	var flags []string
	if f.url() == "" {
		dir := f.dir
		if dir == "" {
			var err error
			if dir, err = distributed.DefaultDir(); err != nil {
				return nil, err
			}
		}
		flags = append(flags, "--dir", dir)
	}
	for name, value := range map[string]string{"queue": f.name, "creds": f.creds, "nkey": f.nkey, "tls-ca": f.ca, "tls-cert": f.certificate, "tls-key": f.privateKey} {
		if value != "" {
			flags = append(flags, "--"+name, value)
		}
	}
	return flags, nil
}
