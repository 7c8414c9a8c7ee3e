package kernels

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// prepare starts GoNB in folder and executes the prelude there.
func prepare(ctx context.Context, o StartOptions, outer connection, folder string) (connection, *gonb, []string, error) {
	fail := func(err error) (connection, *gonb, []string, error) { return connection{}, nil, nil, err }
	tools, err := o.Project.tools()
	if err != nil {
		return fail(err)
	}
	user, err := readGoSettings()
	if err != nil {
		return fail(err)
	}
	prelude, err := Prelude(o.Project)
	if err != nil {
		return fail(err)
	}
	programs, err := calm(folder, tools)
	if err != nil {
		return fail(err)
	}
	module, err := cellsModule(folder, o.Project)
	if err != nil {
		return fail(err)
	}
	linking, err := linkThrough(programs, o.Linker)
	if err != nil {
		return fail(err)
	}
	if err := linkKept(o.Project, programs); err != nil {
		return fail(err)
	}
	user.flags = withFlag(user.flags, linking)
	path := programs + string(os.PathListSeparator) + tools
	env := environment(os.Environ(), o.Project, o.Backend, path, folder, user)
	inner, g, err := launch(ctx, o, outer, tools, module, folder, env)
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
	return inner, g, env, nil
}

// launch starts GoNB on free ports and waits until it listens. It tries again when another program was faster to take one.
func launch(ctx context.Context, o StartOptions, outer connection, tools, module, folder string, env []string) (connection, *gonb, error) {
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
		g, err := startGoNB(file, tools, module, folder, env, o.Log)
		if err != nil {
			return connection{}, nil, err
		}
		_, address := inner.address(inner.ShellPort)
		err = g.ready(ctx, address)
		if err == nil {
			g.listened = time.Now()
			return inner, g, nil
		}
		if attempt == 3 || !strings.Contains(err.Error(), "failed to listen") {
			return connection{}, nil, err
		}
	}
}
