package logs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/logs"
)

// Decimal commas of numbers that stand alone are told from commas between numbers and thousands by all lines.
func TestCommasInBareNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		at    []float64
		wants []float64
	}{
		"a German column":          {"0,6931\n0,693\n0,6932\n", nil, []float64{0.6931, 0.693, 0.6932}},
		"above 1":                  {"2,71\n1,9\n1\n0,5\n", nil, []float64{2.71, 1.9, 1, 0.5}},
		"three digits, some below": {"1,234\n1,101\n0,987\n", nil, []float64{1.234, 1.101, 0.987}},
		"three digits, some four":  {"1,234\n1,1012\n1,002\n", nil, []float64{1.234, 1.1012, 1.002}},
		"negative, exponents":      {"-0,5\n2,5e-3\n-1,25E+1\n", nil, []float64{-0.5, 2.5e-3, -12.5}},
		"in a row":                 {"0,7 0,65; 0,5 | 0,25\n", nil, []float64{0.7, 0.65, 0.5, 0.25}},
		"a list of them":           {"0,7, 0,65, 0,5\n", nil, []float64{0.7, 0.65, 0.5}},
		"counted":                  {"1 0,7\n2 0,65\n3 0,5\n", []float64{1, 2, 3}, []float64{0.7, 0.65, 0.5}},
		"counted by points":        {"1,0.7\n2,0.65\n3,0.5\n", []float64{1, 2, 3}, []float64{0.7, 0.65, 0.5}},
		"counted, whole numbers":   {"10,693\n20,651\n30,500\n", []float64{10, 20, 30}, []float64{693, 651, 500}},
		"between numbers":          {"0.7,0.65\n0.5,0.25\n", nil, []float64{0.7, 0.65, 0.5, 0.25}},
		"between exponents":        {"7e-1,65e-2,5e-1\n", nil, []float64{0.7, 0.65, 0.5}},
		"with nan":                 {"0,7\nnan\n0,5\n", nil, nil},
		"thousands and points":     {"1,234.5\n1,198.25\n987.5\n", nil, []float64{1234.5, 1198.25, 987.5}},
		"under a name":             {"loss\n0,6931\n0,693\n", nil, []float64{0.6931, 0.693}},
	} {
		t.Run(name, func(t *testing.T) {
			log, err := logs.Read(strings.NewReader(c.text))
			require.NoError(t, err)
			got := find(t, log, "loss")
			require.Equal(t, c.at, got.At)
			if c.wants != nil {
				require.Equal(t, c.wants, got.Values)
			} else {
				require.Len(t, got.Values, 3)
				require.Equal(t, []float64{0.7, 0.5}, []float64{got.Values[0], got.Values[2]})
			}
		})
	}
	for _, text := range []string{"1,234\n1,198\n1,101\n", "12,345\n", "1,234,567\n1,100,000\n", "0,7,0,65\n0,5,0,25\n", "1,0,7\n2,0,65\n3,0,5\n", "loss\n1,234\n1,198\n"} {
		_, err := logs.Read(strings.NewReader(text))
		require.ErrorContains(t, err, "the commas in its numbers may be decimal points", text)
		require.ErrorContains(t, err, "write decimal points")
	}
}

// Whatever the numbers are, a column with decimal commas is that with points, but for thousands everywhere, which are refused.
func TestAColumnWithDecimalCommas(t *testing.T) {
	for digits := 1; digits <= 6; digits++ {
		for _, from := range []float64{0.01, 0.7, 5, 70, 900} {
			var column []string
			for i := range 8 {
				column = append(column, fmt.Sprintf("%.*f", digits, from/float64(1+i*i)))
			}
			points, err := logs.Read(strings.NewReader(strings.Join(column, "\n")))
			require.NoError(t, err)
			commas, err := logs.Read(strings.NewReader(strings.ReplaceAll(strings.Join(column, "\n"), ".", ",")))
			if digits == 3 && from > 50 {
				require.ErrorContains(t, err, "thousands", "%v", column)
				continue
			}
			require.NoError(t, err, "%v", column)
			require.Equal(t, find(t, points, "loss").Values, find(t, commas, "loss").Values)
		}
	}
}

// Text in which numbers stand once under names of anything is no log; beside a column it isn't the column's name.
func TestProseIsNoLog(t *testing.T) {
	for _, text := range []string{"hello\nthis is a recipe: 2 eggs, 300 g flour\n", "port: 8080\n", "flour: 300 g\nsugar = 200 g\neggs: 2\n"} {
		_, err := logs.Read(strings.NewReader(text))
		require.ErrorContains(t, err, "there are no numbers of a training in it", text)
	}
	log, err := logs.Read(strings.NewReader("results of run: 3\n0.7\n0.6\n"))
	require.NoError(t, err)
	require.Equal(t, []float64{0.7, 0.6}, find(t, log, "loss").Values)
	for _, text := range []string{"loss: 0.5\n", "epoch 3 energy: 0.5\n", "energy: 3\nenergy: 2\n", "val mse: 0.5\n"} {
		_, err := logs.Read(strings.NewReader(text))
		require.NoError(t, err, text)
	}
}

// A full stop behind a short word is none of the name's.
func TestNamesWithFullStops(t *testing.T) {
	log, err := logs.Read(strings.NewReader("Epoch: 01 | Train Loss: 2.3 | Train Acc: 10.5% |  Val. Loss: 2.31 | Val. Acc.: 10.2%\n"))
	require.NoError(t, err)
	for _, name := range []string{"train_loss", "train_acc", "val_loss", "val_acc"} {
		require.Len(t, find(t, log, name).Values, 1)
	}
}
