package torch

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/training"
)

// changeable is a program of which single values are changed, so that the rest still makes sense.
type changeable struct {
	name               string
	graph              []byte
	weights, constants map[string]tensor
}

// changeables are the recorded programs of one operation or few, without what their graphs say of sources.
func changeables(t testing.TB) []changeable {
	t.Helper()
	z, err := zip.OpenReader("testdata/operations.zip")
	require.NoError(t, err)
	defer z.Close()
	var all []changeable
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		a, err := openArchive(bytes.NewReader(content), int64(len(content)))
		require.NoError(t, err)
		c := changeable{name: f.Name}
		c.graph, err = a.part(a.graph, MaxGraph)
		require.NoError(t, err)
		c.weights, err = a.readTensors(weightsPart, weightsDir)
		require.NoError(t, err)
		c.constants, err = a.readTensors(constsPart, constsDir)
		require.NoError(t, err)
		all = append(all, c)
	}
	require.NotEmpty(t, all)
	return all
}

// place is a value within decoded JSON that can be set.
type place struct {
	value any
	set   func(any)
}

// placesOf are all values within decoded JSON, in one order, but for texts for people.
func placesOf(v any, set func(any)) []place {
	all := []place{{v, set}}
	switch v := v.(type) {
	case []any:
		for i := range v {
			all = append(all, placesOf(v[i], func(x any) { v[i] = x })...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key == "metadata" || key == "module_call_graph" || key == "guards_code" {
				continue
			}
			all = append(all, placesOf(v[key], func(x any) { v[key] = x })...)
		}
	}
	return all
}

// with is the program with one value replaced for each pair of numbers, by another one of its kind, of the program or of those
// that break things.
func (c changeable) with(t testing.TB, choices []uint16) *programJSON {
	t.Helper()
	var tree any
	d := json.NewDecoder(bytes.NewReader(c.graph))
	d.UseNumber()
	require.NoError(t, d.Decode(&tree))
	for len(choices) >= 2 {
		at := placesOf(tree.(map[string]any)["graph_module"], func(any) {})[1:]
		p, choice := at[int(choices[0])%len(at)], int(choices[1])
		choices = choices[2:]
		switch v := p.value.(type) {
		case json.Number:
			numbers := []json.Number{"0", "-1", "1", "2", "3", "-2", "16", "2147483648", "4611686018427387904", "-9223372036854775808", "0.5", "1e300", "15"}
			p.set(numbers[choice%len(numbers)])
		case bool:
			p.set(!v)
		case string:
			if strings.HasPrefix(v, "torch.ops.") {
				names := slices.Sorted(maps.Keys(operations))
				p.set("torch.ops.aten." + names[choice%len(names)])
				continue
			}
			other := at[(int(choices1(choices))+choice)%len(at)]
			if s, ok := other.value.(string); ok {
				p.set(s)
			} else {
				p.set("")
			}
		case []any:
			switch {
			case choice%3 == 0 || len(v) == 0:
				p.set([]any{})
			case choice%3 == 1:
				p.set(v[:len(v)-1])
			default:
				p.set(append(slices.Clone(v), v[choice%len(v)]))
			}
		case map[string]any:
			other := at[choice%len(at)]
			if m, ok := other.value.(map[string]any); ok && choice%2 == 0 { // of another place: an argument where another was
				text, err := json.Marshal(m)
				require.NoError(t, err)
				var copied any
				inner := json.NewDecoder(bytes.NewReader(text))
				inner.UseNumber()
				require.NoError(t, inner.Decode(&copied))
				p.set(copied)
			} else {
				p.set(nil)
			}
		}
	}
	text, err := json.Marshal(tree)
	require.NoError(t, err)
	p, err := decodeProgram(text)
	if err != nil {
		return nil
	}
	return p
}

func choices1(choices []uint16) uint16 {
	if len(choices) == 0 {
		return 7
	}
	return choices[0]
}

// check reads the changed program: a model, a partial one, or an error, soon and without a fault.
func (c changeable) check(t testing.TB, choices []uint16) {
	t.Helper()
	p := c.with(t, choices)
	if p == nil {
		return
	}
	began := time.Now()
	m, err := border.Interruptible(t.Context(), func() (*Model, error) { return read(p, c.weights, c.constants) })
	if took := time.Since(began); took > 30*time.Second { // on a busy machine, under the race detector
		t.Errorf("%s %v took %v", c.name, choices, took)
	}
	var partial *training.Partial
	var internal *border.InternalError
	switch {
	case err == nil:
		require.NoError(t, m.Layer.Check())
	case errors.As(err, &internal):
		t.Errorf("%s %v: %v\n%s", c.name, choices, internal.Value, internal.Stack)
	case errors.As(err, &partial):
		require.NotEmpty(t, partial.Problems)
		for _, problem := range partial.Problems {
			require.NotContains(t, problem.Text, "runtime error", "%s %v", c.name, choices)
			require.NotContains(t, problem.Text, "goroutine", "%s %v", c.name, choices)
		}
	default:
		require.NotContains(t, fmt.Sprint(err), "runtime error")
	}
}

// Programs with one, two or three values changed are never a fault.
func TestChangedPrograms(t *testing.T) {
	all := changeables(t)
	draw := rand.New(rand.NewPCG(1, 2))
	times := 2000
	if testing.Short() {
		times = 300
	}
	for range times {
		choices := make([]uint16, 2*(1+draw.IntN(3)))
		for i := range choices {
			choices[i] = uint16(draw.UintN(math.MaxUint16 + 1))
		}
		all[draw.IntN(len(all))].check(t, choices)
	}
}

// FuzzProgram is the same with choices that a search makes. Its inputs are few numbers, not the programs. Go's engine runs it far
// more slowly than [TestChangedPrograms] runs the same checks, so that is where most are made.
func FuzzProgram(f *testing.F) {
	all := changeables(f)
	for i := range all {
		f.Add(uint8(i), uint16(37*i), uint16(i), uint16(11*i), uint16(3))
	}
	f.Fuzz(func(t *testing.T, program uint8, place1, choice1, place2, choice2 uint16) {
		all[int(program)%len(all)].check(t, []uint16{place1, choice1, place2, choice2})
	})
}
