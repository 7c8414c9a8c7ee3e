package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
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

// start starts them. What it returns ends with an error where none of them can work.
func (l *localWorkers) start(ctx context.Context, q *distributed.Queue, f *queueFlags, label string, report io.Writer) (context.Context, *workers, error) {
	n := l.n
	if n < 0 {
		n = 0
		if f.url() == "" {
			n = runtime.GOMAXPROCS(0)
		}
	}
	arguments, err := f.passOn()
	if err != nil {
		return ctx, nil, err
	}
	if l.on != "" {
		arguments = append(arguments, "--backend", l.on)
	}
	if label != "" {
		arguments = append(arguments, "--label", label)
	}
	ctx, failed := context.WithCancelCause(ctx)
	w, err := spawn(ctx, n, q.URL(), arguments, report, failed)
	return ctx, w, err
}

// workers are processes of this program that train what is queued, for as long as this one lives.
type workers struct {
	stop context.CancelFunc
	done sync.WaitGroup
	left atomic.Int64
}

// mostInVain is how many workers may end one after the other, at their place, without having trained anything, before none takes it again.
const mostInVain = 3

// soon is how long a worker that has nothing to do lives at least, unless something is wrong with it.
const soon = 30 * time.Second

// spawn starts them. One that ends before it should is started again; report is told of that. Where several in a row end before they do
// anything, nothing takes their place, and where that is so of all, failed is called with what the last one said.
func spawn(ctx context.Context, n int, url string, arguments []string, report io.Writer, failed func(error)) (*workers, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the path of this program: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	w := &workers{stop: stop}
	w.left.Store(int64(n))
	for range n {
		w.done.Go(func() {
			one := place{self: self, url: url, arguments: arguments, report: report}
			if err := one.keep(ctx); err != nil && w.left.Add(-1) == 0 {
				failed(fmt.Errorf("no worker could start: %w", err))
			}
		})
	}
	return w, nil
}

// place is where one worker follows the other.
type place struct {
	self, url string
	arguments []string
	report    io.Writer
}

// keep has a worker there until ctx ends. An error is why there is none.
func (p place) keep(ctx context.Context) error {
	for inVain := 0; ctx.Err() == nil; {
		began := time.Now()
		worked, err := p.work(ctx)
		if ctx.Err() != nil {
			break
		}
		inVain++
		if worked || time.Since(began) > soon {
			inVain = 0
		}
		if inVain == mostInVain {
			fmt.Fprintf(p.report, "unstuck: a worker ended: %v; it did nothing, like the %d before it, and none takes its place\n", err, inVain-1)
			return err
		}
		fmt.Fprintf(p.report, "unstuck: a worker ended: %v; another takes its place\n", err)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	return nil
}

// work runs one worker, and tells whether it trained anything. It ends with its standard input, whatever becomes of this process.
func (p place) work(ctx context.Context) (worked bool, err error) {
	command := exec.Command(p.self, append([]string{"worker", "--quiet", "--until-input-ends"}, p.arguments...)...)
	command.Env = append(os.Environ(), queueVariable+"="+p.url)
	said := &words{}
	command.Stderr = said
	began := &anything{}
	command.Stdout = began
	input, err := command.StdinPipe()
	if err != nil {
		return false, err
	}
	if err := command.Start(); err != nil {
		return false, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		return began.is.Load(), said.explain(err)
	case <-ctx.Done():
	}
	_ = input.Close() // an error is that it ended already
	select {
	case <-ended:
	case <-time.After(3 * time.Second):
		_ = command.Process.Kill() // an error is that it ended already
		<-ended
	}
	return true, ctx.Err()
}

func (w *workers) end() {
	w.stop()
	w.done.Wait()
}

// anything notes whether anything was written.
type anything struct{ is atomic.Bool }

func (a *anything) Write(text []byte) (int, error) {
	a.is.Store(true)
	return len(text), nil
}

// words are what a worker says on standard error, begin and end: why it ends.
type words struct{ begin, end []byte }

func (w *words) Write(text []byte) (int, error) {
	const most = 4 << 10
	w.begin = append(w.begin, text[:min(len(text), most-len(w.begin))]...)
	w.end = append(w.end, text...)
	w.end = w.end[max(0, len(w.end)-most):]
	return len(text), nil
}

// crash is the line by which Go begins to tell of one.
var crash = regexp.MustCompile(`(?m)^(panic|fatal error|runtime): .*$`)

// explain is why a worker ended, after that.
func (w *words) explain(err error) error {
	if err == nil {
		err = errors.New("without an error")
	}
	text := strings.TrimSpace(string(w.end))
	text = text[strings.LastIndex(text, "\n")+1:]
	if line := crash.Find(w.begin); line != nil {
		text = string(line)
	}
	if text = strings.TrimPrefix(text, "unstuck: "); text == "" {
		return err
	}
	return fmt.Errorf("%s (%w)", text, err)
}
