package cell

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const saidOf = `; notebook.Unread("err", err)`

// TestAnErrorThatNothingReadsIsTold holds that no error of a cell's statements is lost without a word, however it is set.
func TestAnErrorThatNothingReadsIsTold(t *testing.T) {
	const m = "m := notebook.Must(fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.1), loss.MSE{}, fit.Options{}))"
	const training = "m.Fit(context.Background(), dataset.Data{}, fit.Config{Epochs: 5, BatchSize: -3})"
	for name, cells := range map[string][]string{
		"of a training":             {m, "h, err := " + training},
		"with its history shown":    {m, "h, err := " + training + "\nh"},
		"of a model":                {"m, err := fit.Compile(nn.Sequential{}, optim.SGD(0.1), loss.MSE{}, fit.Options{})"},
		"alone":                     {"err := os.Remove(\"a\")"},
		"of an earlier cell's":      {"_, err := os.ReadFile(\"a\")\nnotebook.Check(err)", "_, err = os.ReadFile(\"b\")"},
		"that is replaced":          {"x, err := os.ReadFile(\"a\")\ny, err := os.ReadFile(\"b\")\nnotebook.Check(err)"},
		"in a loop":                 {"var err error\nfor range 3 {\n\t_, err = os.ReadFile(\"a\")\n}"},
		"behind %%":                 {"%%\n_, err := os.ReadFile(\"a\")"},
		"in a function":             {"func f() []byte {\n\tx, err := os.ReadFile(\"a\")\n\treturn x\n}"},
		"in a block":                {"if true {\n\t_, err := os.ReadFile(\"a\")\n}"},
		"beside what no file holds": {"f, err := os.Create(\"a\")\nf.Close()"},
		"of a var":                  {"n := \"a\"\nvar x, err = os.ReadFile(n + os.Getenv(\"b\"))\nlen(x)"},
	} {
		code := play(t, newSession(t), cells...).Code
		assert.Contains(t, code, saidOf, name)
	}
	for name, cells := range map[string][]string{
		"checked":              {"x, err := os.ReadFile(\"a\")\nnotebook.Check(err)"},
		"asked for":            {"x, err := os.ReadFile(\"a\")\nif err != nil {\n\tfmt.Println(len(x))\n}"},
		"shown":                {"x, err := os.ReadFile(\"a\")\nerr"},
		"thrown away":          {"x, _ := os.ReadFile(\"a\")"},
		"and later":            {"x, err := os.ReadFile(\"a\")\n_ = err"},
		"by a function":        {"defer func() { fmt.Println(err) }()\nx, err := os.ReadFile(\"a\")"},
		"by a declared one":    {"x, err := os.ReadFile(\"a\")\nfunc look() { fmt.Println(err) }\nlook()"},
		"by a pointer":         {"var err error\np := &err\n_, err = os.ReadFile(\"a\")\nfmt.Println(*p)"},
		"in what replaces it":  {"x, err := os.ReadFile(\"a\")\nerr = fmt.Errorf(\"again: %w\", err)\nnotebook.Check(err)"},
		"in a loop":            {"var err error\nfor range 3 {\n\tif _, err = os.ReadFile(\"a\"); err != nil {\n\t\tbreak\n\t}\n}"},
		"no error":             {"x, n := math.Frexp(2)"},
		"in a function, given": {"func f() error {\n\t_, err := os.ReadFile(\"a\")\n\treturn err\n}"},
	} {
		code := play(t, newSession(t), cells...).Code
		assert.NotContains(t, code, "Unread", name)
	}
}

// TestAnErrorIsThereInTheNextCell: it was nil, which says that all went well.
func TestAnErrorIsThereInTheNextCell(t *testing.T) {
	s := newSession(t)
	const set = "x, err := os.ReadFile(\"a\")"
	code := s.Rewrite(set).Code
	assert.Contains(t, code, `notebook.Carry("err", &err)`)
	assert.Contains(t, code, `var err = notebook.Carried[error]("err")`)
	assert.Contains(t, play(t, s, set, "err == nil").Code, "notebook.Result(err == nil)")
	assert.Contains(t, play(t, s, set, "_, err = os.ReadFile(\"b\")\nnotebook.Check(err)").Code, `notebook.Carry("err", &err)`)
}

// TestTwoErrorsAreToldInTheirOrder: a cell that becomes another program each time would be linked each time.
func TestTwoErrorsAreToldInTheirOrder(t *testing.T) {
	const two = "func both() (error, error) { return os.Remove(\"a\"), os.Remove(\"b\") }"
	for range 10 {
		code := play(t, newSession(t), two, "second, first := both()").Code
		assert.Contains(t, code, `notebook.Unread("second", second); notebook.Unread("first", first)`)
	}
}
