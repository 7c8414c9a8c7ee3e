package distributed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/explore"
)

// role is what a process of this test is, where it isn't the test.
const role = "UNSTUCK_TEST_ROLE"

func TestMain(m *testing.M) {
	play := map[string]func(context.Context, []string) error{"worker": playWorker, "server": playServer, "node": playNode, "submitter": playSubmitter}[os.Getenv(role)]
	if play == nil {
		os.Exit(m.Run())
	}
	// A process of a test that was killed must not stay behind.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	parent := os.Getppid()
	go func() {
		for os.Getppid() == parent {
			time.Sleep(100 * time.Millisecond)
		}
		os.Exit(3)
	}()
	if err := play(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, os.Getenv(role)+":", err)
		os.Exit(1)
	}
}

// started is a process with a role.
type started struct {
	*exec.Cmd
	ended chan error
}

func start(t testing.TB, as string, arguments ...string) *started {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &started{exec.Command(self, arguments...), make(chan error, 1)}
	p.Env = append(os.Environ(), role+"="+as)
	p.Stderr = os.Stderr
	require.NoError(t, p.Start())
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(p.kill)
	return p
}

// kill is kill -9.
func (p *started) kill() {
	if err := p.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
		<-p.ended
	}
}

const testLease = time.Second

func openFor(ctx context.Context, url string) (*distributed.Queue, error) {
	return distributed.Open(ctx, url, distributed.Options{})
}

// playWorker works on a queue: of a URL, or of a folder.
func playWorker(ctx context.Context, arguments []string) error {
	at, o := arguments[0], distributed.Options{}
	if filepath.IsAbs(at) {
		at, o.Server = "", distributed.Embedded{Dir: at, Follow: true}
	}
	q, err := distributed.Open(ctx, at, o)
	if err != nil {
		return err
	}
	b, err := backend.Open(backend.Options{Name: "go"})
	if err != nil {
		return err
	}
	return q.Work(ctx, distributed.WorkerOptions{Backend: b.Backend})
}

// playServer serves a folder.
func playServer(ctx context.Context, arguments []string) error {
	q, err := distributed.Open(ctx, "", distributed.Options{Server: distributed.Embedded{Dir: arguments[0]}, Lease: testLease})
	if err != nil {
		return err
	}
	defer q.Close()
	<-ctx.Done()
	return nil
}

// playNode is a node of a cluster: folder, number, and the ports for clients and for the cluster of all nodes.
func playNode(ctx context.Context, arguments []string) error {
	n, err := strconv.Atoi(arguments[1])
	if err != nil {
		return err
	}
	ports := make([]int, len(arguments)-2)
	for i, text := range arguments[2:] {
		if ports[i], err = strconv.Atoi(text); err != nil {
			return err
		}
	}
	o := &server.Options{ServerName: fmt.Sprintf("n%d", n), Host: "127.0.0.1", Port: ports[2*n], JetStream: true, StoreDir: arguments[0], NoSigs: true, NoLog: true}
	o.Cluster.Name, o.Cluster.Host, o.Cluster.Port = "loopback", "127.0.0.1", ports[2*n+1]
	for i := 1; i < len(ports); i += 2 {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[i]))})
	}
	s, err := server.NewServer(o)
	if err != nil {
		return err
	}
	s.Start()
	<-ctx.Done()
	return nil
}

// playSubmitter searches, and writes the trials to a file: the queue's URL, points, epochs, file.
func playSubmitter(ctx context.Context, arguments []string) error {
	q, err := openFor(ctx, arguments[0])
	if err != nil {
		return err
	}
	defer q.Close()
	n, err := strconv.Atoi(arguments[1])
	if err != nil {
		return err
	}
	base, all, err := someSearch(n, arguments[2])
	if err != nil {
		return err
	}
	table, err := explore.Search(ctx, base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{Search: "killed"})})
	if err != nil {
		return err
	}
	text, err := json.Marshal(plainTrials(table))
	if err != nil {
		return err
	}
	return os.WriteFile(arguments[3], text, 0o600)
}

// plainTrials are the losses of all trials, by their settings; as text, for not all are finite.
func plainTrials(table explore.Table) map[string]string {
	all := map[string]string{}
	for _, r := range table.Rows {
		for _, trial := range r.Trials {
			all[fmt.Sprint(r.Settings, trial.Seed)] = strings.TrimSpace(fmt.Sprint(trial.Loss, trial.Validation, trial.Err))
		}
	}
	return all
}
