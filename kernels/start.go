package kernels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// startTime is how long GoNB and the prelude may take together. The first one on a machine compiles parts of the
// standard library.
const startTime = 2 * time.Minute

// StartOptions describe the kernel to start. Every field but Log is required.
type StartOptions struct {
	// ConnectionFile is the file that Jupyter names when it starts a kernel.
	ConnectionFile string
	// Project is the workspace.
	Project Project
	// Backend is the value of GOMLX_BACKEND for the cells.
	Backend string
	// Watcher is a command line that calls [Watch] with its stdin and the folder that is appended as last argument.
	Watcher []string
	// Log gets GoNB's log as it is written; nil keeps it out of the way.
	Log io.Writer
}

// Start runs a kernel until Jupyter shuts it down or the process gets SIGTERM or SIGHUP, and returns nil then. SIGINT
// interrupts the running cell. It leaves no process and no file behind.
//
// It returns an error when the kernel can't start — no project, no tools, a port that is taken, a prelude that fails —
// and when GoNB ends by itself.
func Start(o StartOptions) error {
	interrupts, ends := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(interrupts)
	defer signal.Stop(ends)

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

	ctx, cancel := context.WithTimeoutCause(context.Background(), startTime, fmt.Errorf("not ready after %s", startTime))
	defer cancel()
	ended := false
	var inner connection
	var g *gonb
	prepared := make(chan error, 1)
	go func() {
		var err error
		inner, g, err = prepare(ctx, o, outer, folder)
		prepared <- err
	}()
	select {
	case err = <-prepared:
	case <-ends:
		ended = true
		cancel()
		err = <-prepared
	}
	if ended {
		return nil
	}
	if err != nil {
		return err
	}
	forwarders := forward(listeners, outer, inner)
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
			finish(forwarders)
			return nil
		case <-g.done:
			finish(forwarders)
			return g.err
		}
	}
}

// prepare starts GoNB in folder and executes the prelude there.
func prepare(ctx context.Context, o StartOptions, outer connection, folder string) (connection, *gonb, error) {
	fail := func(err error) (connection, *gonb, error) { return connection{}, nil, err }
	tools, err := o.Project.tools()
	if err != nil {
		return fail(err)
	}
	goflags, err := userFlags()
	if err != nil {
		return fail(err)
	}
	prelude, err := Prelude(o.Project)
	if err != nil {
		return fail(err)
	}
	env := environment(os.Environ(), o.Project, o.Backend, tools, folder, goflags)
	inner, g, err := launch(ctx, o, outer, tools, folder, env)
	if err != nil {
		return fail(err)
	}
	executing, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case <-g.done: // or the request would wait for an answer that no one gives
			stop(errors.New("GoNB ended"))
		case <-executing.Done():
		}
	}()
	if err := execute(executing, inner, prelude); err != nil {
		select {
		case <-g.done:
			return fail(errors.Join(g.err, err))
		default:
			return fail(fmt.Errorf("the kernel's prelude failed: %w", err))
		}
	}
	return inner, g, nil
}

// launch starts GoNB on free ports and waits until it listens. It tries again when another program was faster to take one.
func launch(ctx context.Context, o StartOptions, outer connection, tools, folder string, env []string) (connection, *gonb, error) {
	// GoNB reads Jupyter's ID of the kernel off the file's name.
	file := filepath.Join(folder, filepath.Base(o.ConnectionFile))
	for attempt := 1; ; attempt++ {
		inner, err := outer.inner()
		if err != nil {
			return connection{}, nil, err
		}
		if err := inner.write(file); err != nil {
			return connection{}, nil, fmt.Errorf("connection file for GoNB: %w", err)
		}
		g, err := startGoNB(file, tools, o.Project, folder, env, o.Log)
		if err != nil {
			return connection{}, nil, err
		}
		_, address := inner.address(inner.ShellPort)
		err = g.ready(ctx, address)
		if err == nil {
			return inner, g, nil
		}
		if attempt == 3 || !strings.Contains(err.Error(), "failed to listen") {
			return connection{}, nil, err
		}
	}
}

// forward serves the listeners with GoNB behind them.
func forward(listeners []net.Listener, outer, inner connection) []*forwarder {
	answering := &shell{key: outer.Key}
	var forwarders []*forwarder
	for i, port := range inner.ports() {
		_, target := inner.address(port)
		r := pipe
		if channels[i] == "shell" {
			r = answering.relay
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

// watch starts the watcher of a folder. The function that it returns lets the watcher do its work, and returns when
// that is done.
func watch(command []string, folder string) (release func(), err error) {
	watcher := exec.Command(command[0], append(command[1:len(command):len(command)], folder)...)
	watcher.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Jupyter kills the whole process group
	hold, err := watcher.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := watcher.Start(); err != nil {
		return nil, fmt.Errorf("starting the kernel's watcher: %w", err)
	}
	return func() {
		hold.Close()
		watcher.Wait()
		sweep(folder) // in case that something killed the watcher
	}, nil
}

func closeAll(listeners []net.Listener) {
	for _, listener := range listeners {
		listener.Close()
	}
}
