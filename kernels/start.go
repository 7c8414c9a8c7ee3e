package kernels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// startTime is how long GoNB and the prelude may take together. The first one on a machine compiles parts of the
// standard library.
const startTime = 2 * time.Minute

// StartOptions describe the kernel to start. Every field but Linker and Log is required.
type StartOptions struct {
	// ConnectionFile is the file that Jupyter names when it starts a kernel.
	ConnectionFile string
	// Project is the workspace.
	Project Project
	// Backend is the value of GOMLX_BACKEND for the cells: that of one of the [Specs].
	Backend string
	// Watcher is a command line that calls [Watch] with its stdin and the folder that is appended as last argument.
	Watcher []string
	// Linker is a command line that calls [Link] with the arguments that are appended; without one, every cell is linked.
	Linker []string
	// Log gets GoNB's log as it is written; nil keeps it out of the way.
	Log io.Writer
}

// Start runs a kernel until Jupyter shuts it down or ends, or the process gets SIGTERM or SIGHUP, and returns nil then. SIGINT
// interrupts the running cell. It leaves no process and no file behind; to that end it takes over this program's children,
// so nothing else in it should start programs.
//
// It returns an error when the kernel can't start — no project, no tools, a port that is taken, a prelude that fails —
// and when GoNB ends by itself.
func Start(o StartOptions) error {
	interrupts, ends := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGHUP)
	stopPolling := pollParent(ends)
	defer stopPolling()
	defer signal.Stop(interrupts)
	defer signal.Stop(ends)

	if err := checkBackend(o.Backend); err != nil {
		return err
	}
	outer, err := readConnection(o.ConnectionFile)
	if err != nil {
		return err
	}
	listeners, err := listen(outer) // first of all, so that clients find the ports open and need not try again
	if err != nil {
		return err
	}
	defer closeAll(listeners)

	folder, err := newFolder()
	if err != nil {
		return err
	}
	release, err := watch(o.Watcher, folder)
	if err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	defer release()
	adopt()

	inner, g, env, err := prepareUntil(ends, o, outer, folder)
	if g == nil {
		return err
	}
	restore := func() {
		// A failure leaves the notebook as %reset does; the next cell then says what is missing.
		if prelude, err := Prelude(o.Project); err == nil {
			ctx, cancel := context.WithTimeout(context.Background(), startTime)
			defer cancel()
			execute(ctx, inner, prelude)
		}
	}
	cells, err := newCells(o.Project, env, folder)
	if err != nil {
		return err
	}
	cells.gopls = g.listened.Add(goplsConnects)
	go cells.warmUp(o.Project, env, g.done)
	forwarders := forward(listeners, inner, &shell{key: outer.Key, prelude: restore, pipes: pipes{folder: folder}, cells: cells, lookups: lookups{module: o.Project.Module}})
	defer finish(forwarders)
	for {
		select {
		case <-interrupts:
			interrupt(g.process.Pid)
		case <-ends:
			g.process.Signal(syscall.SIGTERM)
			select {
			case <-g.done:
			case <-time.After(3 * time.Second):
			}
			return nil
		case <-g.done:
			return g.err
		}
	}
}

// prepareUntil prepares GoNB, but no longer than startTime. A signal on ends stops it: it returns neither GoNB nor error.
func prepareUntil(ends <-chan os.Signal, o StartOptions, outer connection, folder string) (connection, *gonb, []string, error) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), startTime, fmt.Errorf("not ready after %s", startTime))
	defer cancel()
	var inner connection
	var g *gonb
	var env []string
	var err error
	prepared := make(chan struct{})
	go func() {
		defer close(prepared)
		inner, g, env, err = prepare(ctx, o, outer, folder)
	}()
	select {
	case <-prepared:
		return inner, g, env, err
	case <-ends:
		cancel()
		<-prepared
		return connection{}, nil, nil, nil
	}
}

// forward serves the listeners with GoNB behind them.
func forward(listeners []net.Listener, inner connection, s *shell) []*forwarder {
	var forwarders []*forwarder
	for i, port := range inner.ports() {
		_, target := inner.address(port)
		r := pipe
		switch channels[i] {
		case "shell":
			r = s.relay
		case "iopub":
			r = s.relayOutput
		}
		f := newForwarder(listeners[i], target, r)
		forwarders = append(forwarders, f)
		go f.serve()
	}
	return forwarders
}

// finish lets the clients receive what GoNB has sent last, such as the reply to a shutdown request, and drops them.
func finish(forwarders []*forwarder) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, f := range forwarders {
		select {
		case <-f.drain():
		case <-ctx.Done():
		}
		f.close()
	}
}

func closeAll(listeners []net.Listener) {
	for _, listener := range listeners {
		listener.Close()
	}
}
