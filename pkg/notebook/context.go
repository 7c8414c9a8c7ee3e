package notebook

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Context ends when the cell is interrupted (the stop button of JupyterLab, Ctrl-C in a terminal), so that
// a training under it ends in order and keeps what it has. A second interrupt ends the program at once.
func Context() context.Context { return interrupted() }

var interrupted = sync.OnceValue(func() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
})
