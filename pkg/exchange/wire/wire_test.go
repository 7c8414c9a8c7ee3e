package wire

import (
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// shelf keeps what is set aside.
type shelf map[string][]byte

func (s shelf) put(sum string, content []byte) error {
	s[sum] = content
	return nil
}

func (s shelf) get(sum string) ([]float32, error) {
	content, ok := s[sum]
	if !ok {
		return nil, errors.New("nothing is kept under " + sum)
	}
	return Numbers(content)
}

var alike = []cmp.Option{cmpopts.EquateNaNs(), cmp.Exporter(func(reflect.Type) bool { return true })}

// Trainings of folders come back as they were, and are written alike again.
func TestTrainingsComeBack(t *testing.T) {
	for _, dir := range []string{"stuck", "stuck-pytorch"} {
		t.Run(dir, func(t *testing.T) {
			files, err := saved.Find(filepath.Join("..", "..", "..", "examples", dir), saved.Files{})
			require.NoError(t, err)
			want, err := files.Read()
			require.NoError(t, err)
			kept := shelf{}
			e := Encoder{Put: kept.put}
			text, err := e.Training(want)
			require.NoError(t, err)
			got, err := Decoder{Get: kept.get}.Training(text)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(want.Plain(), got, alike...))
			again, err := e.Training(got)
			require.NoError(t, err)
			require.Equal(t, string(text), string(again))
			require.Less(t, len(text), 20_000, "data are set aside")
		})
	}
}

// Every type comes back with every field set, whatever it is.
func TestEveryTypeComesBack(t *testing.T) {
	for name, kind := range known() {
		t.Run(name, func(t *testing.T) {
			want := reflect.New(kind)
			fill(want.Elem(), 0)
			kept := shelf{}
			text, err := (&Encoder{Put: kept.put}).Value(want.Elem().Interface())
			require.NoError(t, err)
			got := reflect.New(kind)
			require.NoError(t, Decoder{Get: kept.get}.Value(text, got.Interface()))
			require.Empty(t, cmp.Diff(want.Elem().Interface(), got.Elem().Interface(), alike...))
		})
	}
}

// fill sets everything to something that isn't zero, of interfaces the first type there is.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(-7)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(200)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(float32(0.1)))
	case reflect.String:
		v.SetString("a \"word\" <ä>\n")
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth)
		}
	case reflect.Slice:
		if depth > 3 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, depth+1)
		fill(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Interface:
		if depth > 3 {
			return
		}
		for _, name := range slices.Sorted(func(yield func(string) bool) {
			for name := range known() {
				if !yield(name) {
					return
				}
			}
		}) {
			if known()[name].Implements(v.Type()) {
				held := reflect.New(known()[name]).Elem()
				fill(held, depth+1)
				v.Set(held)
				return
			}
		}
	default:
		panic("a field of an unexpected kind: " + v.Type().String())
	}
}

// Numbers come back to the last bit, those that aren't finite too.
func TestNumbersComeBack(t *testing.T) {
	type numbers struct {
		F    []float64
		Few  []float32
		Many []float32
		I    int64
		M    map[int]float64
		P    *float64
	}
	minus := math.Copysign(0, -1)
	want := numbers{
		F:   []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64, math.MaxFloat64, 0.1 + 0.2, minus},
		Few: []float32{float32(math.NaN()), float32(math.Inf(-1)), math.SmallestNonzeroFloat32, 0.1}, Many: make([]float32, 1000),
		I: math.MinInt64, M: map[int]float64{3: math.NaN(), -1: 2}, P: &minus,
	}
	kept := shelf{}
	text, err := (&Encoder{Put: kept.put}).Value(want)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	var got numbers
	require.NoError(t, Decoder{Get: kept.get}.Value(text, &got))
	require.Empty(t, cmp.Diff(want, got, alike...))
	require.True(t, math.Signbit(got.F[6]) && math.Signbit(*got.P))
}

func TestDataAreSetAsideOnce(t *testing.T) {
	data, err := dataset.Random(500, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	base := training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}, Optimizer: optim.SGD(0.1), Loss: loss.MSE{}, Data: data, Epochs: 1}
	puts := 0
	e := Encoder{Put: func(string, []byte) error { puts++; return nil }}
	for _, rate := range []float64{0.1, 0.2, 0.3} {
		base.Optimizer = optim.SGD(rate)
		_, err := e.Training(base)
		require.NoError(t, err)
	}
	require.Equal(t, 2, puts)
}

func TestWhatIsAFunctionIsRefusedByItsPlace(t *testing.T) {
	e := Encoder{}
	_, err := e.Training(training.Training{Model: nn.Sequential{nn.Dense{Units: 1}, nn.Func(nil)}})
	require.ErrorContains(t, err, "Training.Model[1] is nn.Func, which only the program knows that it is written in")
	_, err = e.Training(training.Training{Loss: ownLoss{}})
	require.ErrorContains(t, err, "Training.Loss is wire.ownLoss")
	_, err = e.Training(training.Training{Metrics: []loss.Metric{loss.MSE{}}, Start: training.Start{From: "\xff"}})
	require.ErrorContains(t, err, "no UTF-8")
}

type ownLoss struct{}

func (ownLoss) PerRow(_, p *graph.Node) *graph.Node { return p }
func (ownLoss) String() string                      { return "own" }

func TestWhatIsNoTrainingIsRefused(t *testing.T) {
	deep := strings.Repeat(`{"Model":{"is":"nn.Frozen","of":{"Layer":`, 1) + strings.Repeat(`{"is":"nn.Frozen","of":{"Layer":`, 300) + "null" + strings.Repeat("}}", 301) + "}"
	for text, want := range map[string]string{
		``:                            "unexpected end",
		`{"Model":{"is":"os.File"}}`:  `"os.File" is no type that is known here`,
		`{"Model":{"is":"loss.MSE"}}`: "loss.MSE is no nn.Layer",
		`{"Modell":null}`:             `no field "Modell"`,
		`{"prepared":[]}`:             `no field "prepared"`,
		`{}`:                          "there is no model",
		`{"Data":{"X":{"Values":{"sha256":"00","len":3}}}}`: "nothing is kept under 00",
		`{"Data":{"X":{"Values":{"bits":"AAA="}}}}`:         "no numbers of four bytes",
		`{"Epochs":"many"}`:                                 "Training.Epochs",
		deep:                                                "lies deeper",
	} {
		_, err := Decoder{Get: shelf{}.get}.Training([]byte(text))
		assert.ErrorContains(t, err, want, text[:min(80, len(text))])
	}
}
