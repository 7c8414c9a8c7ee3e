package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"example.com/unstuck/distributed"
)

// localWorkers says how many workers a command starts on this machine.
type localWorkers struct {
	n  int
	on string
}

func (l *localWorkers) add(command *cobra.Command) {
	command.Flags().IntVar(&l.n, "workers", -1, "workers to start on this machine (default: one for each core, none with --server)")
	command.Flags().StringVar(&l.on, "backend", "", "the backend of the workers that are started: xla:cuda, xla:cpu, xla, go or auto (default: as unstuck worker says)")
}

// start starts them.
func (l *localWorkers) start(ctx context.Context, q *distributed.Queue, f *queueFlags, label string, report io.Writer) (*workers, error) {
	n := l.n
	if n < 0 {
		n = 0
		if f.url() == "" {
			n = runtime.GOMAXPROCS(0)
		}
	}
	arguments, err := f.passOn()
	if err != nil {
		return nil, err
	}
	if l.on != "" {
		arguments = append(arguments, "--backend", l.on)
	}
	if label != "" {
		arguments = append(arguments, "--label", label)
	}
	return spawn(ctx, n, q.URL(), arguments, report)
}

// workers are processes of this program that train what is queued, for as long as this one lives.
type workers struct {
	stop context.CancelFunc
	done sync.WaitGroup
}

// spawn starts them. One that ends before it should is started again; report is told of that.
func spawn(ctx context.Context, n int, url string, arguments []string, report io.Writer) (*workers, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the path of this program: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	w := &workers{stop: stop}
	for range n {
		w.done.Go(func() {
			for ctx.Err() == nil {
				err := work(ctx, self, url, arguments, report)
				if ctx.Err() == nil {
					fmt.Fprintf(report, "\nunstuck: a worker ended: %v; another takes its place\n", err)
					select {
					case <-time.After(time.Second):
					case <-ctx.Done():
					}
				}
			}
		})
	}
	return w, nil
}

// work runs one worker. It ends with its standard input, whatever becomes of this process.
func work(ctx context.Context, self, url string, arguments []string, report io.Writer) error {
	command := exec.Command(self, append([]string{"worker", "--quiet", "--until-input-ends"}, arguments...)...)
	command.Env = append(os.Environ(), queueVariable+"="+url)
	command.Stderr = report
	input, err := command.StdinPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			err = errors.New("without an error")
		}
		return err
	case <-ctx.Done():
	}
	_ = input.Close() // an error is that it ended already
	select {
	case <-ended:
	case <-time.After(3 * time.Second):
		_ = command.Process.Kill() // an error is that it ended already
		<-ended
	}
	return ctx.Err()
}

func (w *workers) end() {
	w.stop()
	w.done.Wait()
}
