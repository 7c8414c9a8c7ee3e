package notebook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func TestCarriedValuesAreThereInTheNextCell(t *testing.T) {
	t.Setenv(CarryFolder, t.TempDir())
	assert.Equal(t, 0, Carried[int]("n"), "nothing yet")
	assert.Equal(t, 7, Carried("n", 7), "what it is declared with")

	n, h, none := 1, &history{"low", []float64{0.5}}, (*history)(nil)
	Carry("n", &n)
	Carry("h", &h)
	Carry("none", &none)
	n = 2
	EndCell()
	assert.Equal(t, 2, Carried("n", 7), "the value at the end")
	assert.Equal(t, h, Carried[*history]("h"))
	assert.Nil(t, Carried("none", h))

	n = 3
	EndCell()
	assert.Equal(t, 2, Carried[int]("n"), "a cell leaves what it has carried, no more")
}

// TestANameThatIsSetToAnotherType: the cell that does so is a program that begins before it has.
func TestANameThatIsSetToAnotherType(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(CarryFolder, folder)
	all := dataset.Data{Features: []string{"age"}}
	Carry("all", &all)
	EndCell()

	said, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	stderr := os.Stderr
	os.Stderr = said
	count := Carried[int]("all")
	os.Stderr = stderr
	assert.Zero(t, count)
	text, err := os.ReadFile(said.Name())
	require.NoError(t, err)
	assert.Empty(t, string(text), "nothing is wrong")
	assert.Equal(t, all, Carried[dataset.Data]("all"), "and until it has, the old value is there")

	Carry("all", &count)
	EndCell()
	assert.Equal(t, 0, Carried("all", 3))
	assert.Empty(t, Carried[dataset.Data]("all").Features)
}

func TestWhatCanNotBeCarriedStays(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(CarryFolder, folder)
	large := make([]byte, mostCarried+1)
	Carry("large", &large)
	f := func() {}
	Carry("f", &f)
	EndCell()
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestWithoutAKernelNothingIsCarried(t *testing.T) {
	t.Setenv(CarryFolder, "")
	n := 1
	Carry("n", &n)
	EndCell()
	assert.Equal(t, 0, Carried[int]("n"))
}

func TestAModelIsMadeAgainWithItsState(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "go")
	t.Setenv(CarryFolder, t.TempDir())
	compile := func() (*fit.Model, error) {
		return fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.1), loss.MSE{}, fit.Options{Seed: 1})
	}
	data, err := dataset.Random(8, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	m := Made[*fit.Model]("m")(compile())
	Carry("m", &m)
	EndCell() // a model that was never run
	m = Made[*fit.Model]("m")(compile())
	_, err = m.Fit(t.Context(), data, fit.Config{Epochs: 3})
	require.NoError(t, err)
	want, err := m.Evaluate(t.Context(), data)
	require.NoError(t, err)
	Carry("m", &m)
	EndCell()

	again := Made[*fit.Model]("m")(compile())
	got, err := again.Evaluate(t.Context(), data)
	require.NoError(t, err)
	assert.Equal(t, want.Loss, got.Loss)
}

func TestKeepFollowsWhatEarlierCellsHaveSet(t *testing.T) {
	t.Setenv(CarryFolder, t.TempDir())
	source, err := parseCell("main.go", []byte(`package main
var rate = notebook.Carried[float64]("rate")
func main() {
	notebook.Keep("low", func() (float64, error) { return rate, nil })
}`))
	require.NoError(t, err)
	of, err := source.origin(4)
	require.NoError(t, err)
	before := of.filesNow()
	rate := 0.5
	Carry("rate", &rate)
	EndCell()
	assert.NotEqual(t, before, of.filesNow())
}
