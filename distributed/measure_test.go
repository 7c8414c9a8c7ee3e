package distributed_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/distributed"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
)

// What README.md tells was measured by these, each once:
//
//	go test -run - -bench . -benchtime 1x -timeout 30m

// BenchmarkOverhead is what a trial costs beyond its training: from the search's begin to its end, less what the workers trained, for a
// training that is over in no time.
func BenchmarkOverhead(b *testing.B) {
	for range b.N {
		const n = 1000
		dir := b.TempDir()
		server := start(b, "server", dir)
		worker := start(b, "worker", addressOf(b, dir))
		q, err := openFor(b.Context(), addressOf(b, dir))
		require.NoError(b, err)
		defer q.Close()
		search(b, q, 5, 1, 128) // so that the worker is there and warm
		began := time.Now()
		trained := search(b, q, n, 1, 128)
		took := time.Since(began)
		b.ReportMetric(float64(took.Microseconds())/1000/n, "ms/trial")
		b.ReportMetric(float64((took-trained).Microseconds())/1000/n, "ms-overhead/trial")
		b.ReportMetric(cpu(b, server).Seconds()*1000/(n+5), "ms-server-cpu/trial")
		b.ReportMetric(cpu(b, worker).Seconds()*1000/(n+5), "ms-worker-cpu/trial")
	}
}

// search searches n points, on so many rows, and returns how long their trainings took.
func search(b *testing.B, q *distributed.Queue, n, epochs, rows int) (trained time.Duration) {
	b.Helper()
	base, all := mustSearch(b, n, epochs)
	var err error
	base.Data, err = dataset.Random(rows, []int{3}, []int{1}, 1)
	require.NoError(b, err)
	base.Seed = time.Now().UnixNano() // none of them has a result
	table, err := explore.Search(b.Context(), base, all, explore.SearchOptions{Runner: q.Runner(distributed.RunnerOptions{})})
	require.NoError(b, err)
	for _, r := range table.Rows {
		for _, t := range r.Trials {
			require.Empty(b, t.Err)
			trained += t.Duration
		}
	}
	return trained
}

// BenchmarkWorkers is how much more two workers do than one, of trainings of 0.2 s on one core each: of many rows and few epochs, and the other
// way round, where each result is a history of 1,600 epochs, which the program that waits reads on the same cores.
func BenchmarkWorkers(b *testing.B) {
	b.Setenv("GOMAXPROCS", "1")
	for _, c := range []struct{ epochs, rows int }{{50, 6400}, {1600, 128}} {
		b.Run(fmt.Sprintf("%d-epochs", c.epochs), func(b *testing.B) {
			for range b.N {
				workers(b, c.epochs, c.rows)
			}
		})
	}
}

func workers(b *testing.B, epochs, rows int) {
	const n = 60
	var took [3]time.Duration
	for workers := 1; workers <= 2; workers++ {
		dir := b.TempDir()
		start(b, "server", dir)
		url := addressOf(b, dir)
		for range workers {
			start(b, "worker", url)
		}
		q, err := openFor(b.Context(), url)
		require.NoError(b, err)
		search(b, q, 4, 1, rows)
		began := time.Now()
		trained := search(b, q, n, epochs, rows)
		took[workers] = time.Since(began)
		b.ReportMetric(trained.Seconds()/n, fmt.Sprintf("s/training-with-%d", workers))
		q.Close()
	}
	b.ReportMetric(took[1].Seconds()/took[2].Seconds(), "times")
}

var queuedTrials = flag.Int("queued", 10_000, "trainings in the queue of BenchmarkQueued")

// BenchmarkQueued is the memory of a server with 10,000 trainings in the queue, and how long they took to get there.
func BenchmarkQueued(b *testing.B) {
	for range b.N {
		n := *queuedTrials
		dir := b.TempDir()
		server := start(b, "server", dir)
		url := addressOf(b, dir)
		began := time.Now()
		start(b, "submitter", url, strconv.Itoa(n), "3", os.DevNull)
		require.Eventually(b, func() bool {
			q, err := openFor(b.Context(), url)
			if err != nil {
				return false
			}
			defer q.Close()
			state, err := q.State(b.Context())
			return err == nil && state.Queued == n
		}, 2*time.Minute, 50*time.Millisecond)
		b.ReportMetric(float64(time.Since(began).Microseconds())/1000/float64(n), "ms/queued")
		b.ReportMetric(memory(b, server, "VmHWM"), "MiB-server-highest")
		b.ReportMetric(memory(b, server, "VmRSS"), "MiB-server")
		b.ReportMetric(float64(sizeOf(b, dir))/float64(n), "bytes-on-disk/queued")
	}
}

// memory is what Linux says of a process, in MiB.
func memory(b *testing.B, p *started, what string) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	require.NoError(b, err)
	found := regexp.MustCompile(what + `:\s+(\d+) kB`).FindSubmatch(text)
	require.NotNil(b, found)
	kib, err := strconv.Atoi(string(found[1]))
	require.NoError(b, err)
	return float64(kib) / 1024
}

// cpu is the processor time of a process so far.
func cpu(b *testing.B, p *started) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
	require.NoError(b, err)
	var user, system int64
	fields := regexp.MustCompile(`\) .*`).FindString(string(text))
	_, err = fmt.Sscanf(fields, ") %s", new(string))
	require.NoError(b, err)
	words := regexp.MustCompile(`\s+`).Split(fields, -1)
	user, err = strconv.ParseInt(words[12], 10, 64)
	require.NoError(b, err)
	system, err = strconv.ParseInt(words[13], 10, 64)
	require.NoError(b, err)
	return time.Duration(user+system) * 10 * time.Millisecond // 100 ticks a second
}

func sizeOf(b *testing.B, dir string) (bytes int64) {
	b.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(b, err)
	for _, e := range entries {
		if e.IsDir() {
			bytes += sizeOf(b, dir+"/"+e.Name())
			continue
		}
		if info, err := e.Info(); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}
