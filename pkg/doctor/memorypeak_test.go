package doctor

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// measuredTrainings are ones whose peak memory is compared with what is estimated.
func measuredTrainings() map[string]training.Training {
	of := func(rows, batch int, shape []int, model nn.Sequential) training.Training {
		d := dataset.Data{X: dataset.Array{Shape: append([]int{rows}, shape...)}, Y: dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}}
		d.X.Values = make([]float32, rows*d.X.RowSize())
		for i := range d.X.Values {
			d.X.Values[i] = float32(i%17) / 17
		}
		return training.Training{Model: model, Data: d, Loss: loss.MSE{}, Optimizer: optim.Adam(1e-3), Epochs: 1, BatchSize: batch}
	}
	relu := nn.ReLU{}
	conv := func(filters, size int, padding string) nn.Layer {
		return nn.Conv2D{Filters: filters, KernelSize: []int{size}, Padding: padding, Activation: relu}
	}
	return map[string]training.Training{
		"LeNet": of(4096, 128, []int{28, 28, 1}, nn.Sequential{conv(6, 5, "same"), nn.MaxPooling2D{}, conv(16, 5, "valid"), nn.MaxPooling2D{},
			nn.Flatten{}, nn.Dense{Units: 120, Activation: relu}, nn.Dense{Units: 84, Activation: relu}, nn.Dense{Units: 1}}),
		"small VGG": of(512, 32, []int{32, 32, 3}, nn.Sequential{conv(16, 3, "same"), conv(16, 3, "same"), nn.MaxPooling2D{}, conv(32, 3, "same"), nn.MaxPooling2D{},
			nn.Flatten{}, nn.Dense{Units: 64, Activation: relu}, nn.Dense{Units: 1}}),
		"series": of(1024, 64, []int{128, 4}, nn.Sequential{nn.Conv1D{Filters: 32, KernelSize: []int{7}, Activation: relu}, nn.Conv1D{Filters: 32, KernelSize: []int{7}, Activation: relu},
			nn.GlobalAveragePooling1D{}, nn.Dense{Units: 1}}),
		"LSTM": of(1024, 32, []int{40, 8}, nn.Sequential{nn.LSTM{Units: 64}, nn.Dense{Units: 1}}),
	}
}

// measuring names the training that a child process is to run and measure.
const measuring = "UNSTUCK_MEASURE_MEMORY"

// What is estimated is more than what a training takes in pure Go, and not many times as much: else healthy trainings of images are refused.
// Each runs in a process of its own, of which the system tells the peak.
func TestEstimatedMemory(t *testing.T) {
	if name := os.Getenv(measuring); name != "" {
		measureMemory(t, measuredTrainings()[name])
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		return // only Linux tells
	}
	for name, c := range measuredTrainings() {
		program := exec.Command(os.Args[0], "-test.run", "^TestEstimatedMemory$", "-test.v")
		program.Env = append(os.Environ(), measuring+"="+name)
		out, err := program.CombinedOutput()
		require.NoError(t, err, "%s", out)
		m := regexp.MustCompile(`peak (\d+) before (\d+)`).FindStringSubmatch(string(out))
		require.NotNil(t, m, "%s", out)
		peak, _ := strconv.ParseFloat(m[1], 64)
		before, _ := strconv.ParseFloat(m[2], 64)
		took, estimate := (peak-before)*1024, memory(c, 1)
		t.Logf("%-10s took %s, estimated %s", name, bytesText(took), bytesText(estimate))
		require.Greater(t, estimate, 0.8*took, name)
		require.Less(t, estimate, 4*took, name)
	}
}

func measureMemory(t *testing.T, c training.Training) {
	status := func(field string) string {
		content, err := os.ReadFile("/proc/self/status")
		require.NoError(t, err)
		return regexp.MustCompile(field + `:\s+(\d+) kB`).FindStringSubmatch(string(content))[1]
	}
	b, err := backend.Open(backend.Options{Name: backend.Go}) // which takes the most: XLA gets by with a part of it
	require.NoError(t, err)
	before := status("VmRSS")
	r := &runner{backend: b}
	_, err = r.run(context.Background(), c)
	require.NoError(t, err)
	fmt.Printf("peak %s before %s\n", status("VmHWM"), before)
}
