package kernels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// gonb is a running GoNB.
type gonb struct {
	process *os.Process
	// listened is when it began to listen.
	listened time.Time
	// done closes when the process has ended; err then holds why, nil for a regular end.
	done chan struct{}
	err  error
}

// startGoNB runs GoNB on the connection file, with module in the cells' workspace, in a process group of its own so that the signals that Jupyter sends to
// ours reach it only through us. Its log goes to folder; stderr, when not nil, gets the log too.
func startGoNB(file, tools, module, folder string, env []string, stderr io.Writer) (*gonb, error) {
	arguments := []string{"-kernel=" + file, "-go_work=" + module, "-raw_error"}
	said := &tail{limit: 64 << 10}
	output := io.Writer(said)
	if stderr != nil {
		output = io.MultiWriter(said, stderr)
	} else {
		arguments = append(arguments, "-logtostderr=false", "-stderrthreshold=FATAL", "-log_dir="+folder)
	}
	command := exec.Command(filepath.Join(tools, "gonb"), arguments...)
	command.Env = env
	command.Stderr = output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// A cell's program that outlives GoNB may hold stderr open.
	command.WaitDelay = time.Second
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting GoNB: %w", err)
	}
	g := &gonb{process: command.Process, done: make(chan struct{})}
	go func() {
		defer close(g.done)
		err := command.Wait()
		if err == nil || errors.Is(err, exec.ErrWaitDelay) || endedBy(err) == syscall.SIGINT {
			// Only we send SIGINT. GoNB dies of it when it has just begun to shut down: Jupyter interrupts a kernel right
			// before it asks for that.
			return
		}
		g.err = fmt.Errorf("GoNB ended (%w)%s", err, reason(said.String()))
	}()
	return g, nil
}

// endedBy returns the signal that ended a program, or 0.
func endedBy(err error) syscall.Signal {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return 0
	}
	return status.Signal()
}

// ready waits until GoNB listens on the address.
func (g *gonb) ready(ctx context.Context, address string) error {
	for {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-g.done:
			if g.err == nil {
				return errors.New("GoNB ended before it listened")
			}
			return g.err
		case <-ctx.Done():
			return fmt.Errorf("GoNB doesn't listen: %w", context.Cause(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

var (
	// fatalLine is the line of klog that says why a program ends: Fmmdd hh:mm:ss.micros pid file:line] text.
	fatalLine = regexp.MustCompile(`(?m)^F\d{4} [^\]]*\] (.*)$`)
	// coloredID is GoNB's own prefix of every line.
	coloredID = regexp.MustCompile(`\x1b\[[0-9;]*m(\[\w*\])?`)
)

// reason picks the sentence from GoNB's last words that tells why it ended; what follows it there is a stack. What its
// sockets say about clients that come and go is no reason.
func reason(said string) string {
	if found := fatalLine.FindStringSubmatch(said); found != nil {
		return ": " + strings.TrimSpace(coloredID.ReplaceAllString(found[1], ""))
	}
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(coloredID.ReplaceAllString(line, ""))
		if line != "" && !strings.Contains(line, "zmq4:") {
			return ": " + line
		}
	}
	return ""
}
