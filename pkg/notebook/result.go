package notebook

import (
	"fmt"
	"os"
	"reflect"
	"strings"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
)

// longestResult is how many bytes of a value's text Result shows: the first and the last half of them.
const longestResult = 4000

// Result shows what the last line of a cell is worth: unstuck's kernels put that line into a call of it. A figure, a table, a slider
// and what a package has told of by [Register] are shown as by [Show], a [fit.History] as its curve of losses (with a
// line that says what to try where they end in NaN), a dataset.Data and a dataset.Array as their shapes and first rows,
// everything else as text: a string and a number as they are, a
// struct as Go would make it, with its fields that aren't zero. Of a long text the middle is left out, and the last line says so.
//
// Several values, as a call returns them, are shown one below the other. An error that is nil isn't shown, and one that
// isn't nil ends the cell as by [Check].
func Result(values ...any) {
	for _, v := range values {
		if err, ok := v.(error); ok {
			Check(err)
		}
	}
	for i, v := range values {
		if v == nil && i > 0 {
			continue // the error that there is not
		}
		if err := resultOn(Default(), v); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func resultOn(d Display, v any) error {
	switch h := v.(type) {
	case *fit.History:
		if h != nil {
			return resultOn(d, *h)
		}
	case fit.History:
		run := figure.Run{Name: "loss", Train: h.Loss(), Validation: h.ValidationLoss()}
		if err := ShowOn(d, figure.LossCurves{LogY: spansDecades(run.Train), Runs: []figure.Run{run}}); err != nil {
			return err
		}
		if said := diverged(&h); said != "" {
			return d.Show(Bundle{Data: map[string][]byte{Plain: []byte(said)}})
		}
		return nil
	case figure.Figure, Table, Slider:
		return ShowOn(d, v)
	}
	if v != nil {
		if _, found := shown.Load(reflect.TypeOf(v)); found {
			return ShowOn(d, v)
		}
	}
	return d.Show(Bundle{Data: map[string][]byte{Plain: []byte(resultText(v))}})
}

// resultText is a value as people read it.
func resultText(v any) string {
	if text, ok := rowsText(v); ok {
		return text
	}
	text := ""
	switch v := v.(type) {
	case fmt.Stringer:
		text = safely(v.String)
	case interface{ GoCode() string }:
		text = safely(v.GoCode)
	default:
		text = plainText(v)
		if text == "" {
			text = fmt.Sprintf("%q", text)
		}
	}
	if len(text) > longestResult {
		cut := len(text) - longestResult
		text = strings.ToValidUTF8(text[:longestResult/2], "") + "\n…\n" + strings.ToValidUTF8(text[len(text)-longestResult/2:], "") +
			fmt.Sprintf("\n(%d bytes are left out: fmt.Println shows all)", cut)
	}
	return text
}

// safely calls a String method, which is another's code: a nil pointer may not be meant to have one.
func safely(text func() string) (result string) {
	defer func() {
		if p := recover(); p != nil {
			result = fmt.Sprintf("(its method panics: %v)", p)
		}
	}()
	return text()
}
