package cell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// In each cell | is the cursor.
func TestComplete(t *testing.T) {
	for _, c := range []struct {
		cell string
		want []string // among those
		not  []string
	}{
		{"nn.Den|", []string{"Dense"}, []string{"ReLU"}},
		{"nn.|", []string{"Dense", "ReLU", "Sequential"}, nil},
		{"opt := optim.|", []string{"Adam", "SGD"}, nil},
		{"%%\nmath.Hypo|", []string{"Hypot"}, nil},
		{"strings.Spl|", []string{"Split", "SplitN"}, nil},
		{"d := nn.Dense{Units: 3, |", []string{"Activation", "Name"}, []string{"Units"}},
		{"d := nn.Dense{Act|}", []string{"Activation"}, []string{"Units"}},
		{"d := nn.Dense{Act|: nn.ReLU{}}", []string{"Activation"}, []string{"Units"}},
		{"c := fit.Config{\n\tEpochs: 3,\n\tB|\n}", []string{"BatchSize"}, []string{"Epochs"}},
		{"c := &fit.Config{|", []string{"BatchSize", "Epochs", "Callbacks"}, nil},
		{"net := nn.Sequential{nn.Dense{|", []string{"Units"}, nil},
		{"xs := []fit.Config{{Epo|", []string{"Epochs"}, nil},
		{"c := optim.ClipByNorm{|", []string{"Max"}, nil},
		{"h, err := model.Fit(notebook.Context(), data, fit.Config{Epochs: 30, Valida|", []string{"ValidationSplit"}, nil},
		{"c := fit.Config{Epochs: 3}\nc.Ba|", []string{"BatchSize"}, []string{"Epochs"}},
		{"for i := range 3 {\n\tfmt.Printl|", []string{"Println"}, nil},
		{"if strings.Has|", []string{"HasPrefix"}, nil},
		{"größe := 1\ngrö|", []string{"größe"}, nil},
		{"type point struct{ x, Y int }\nfunc (p point) Norm() int { return 1 }\np := point{1, 2}\np.|", []string{"x", "Y", "Norm"}, nil},
		{"func f() {}\nhist := 1\n_ = hi|\nhigh := 2", []string{"hist"}, []string{"high"}},
		{"opt := optim.Adam(0.1)\nopt.W|", []string{"With"}, nil},
		{"s := \"nn.|\"", nil, nil},
		{"// nn.|", nil, nil},
		{"nowhere.|", nil, nil},
		{"|", nil, nil},
		{"x := |", nil, nil},
	} {
		code, cursor := strings.Replace(c.cell, "|", "", 1), len([]rune(c.cell[:strings.Index(c.cell, "|")]))
		got, start, end := newSession(t).Complete(code, cursor)
		if c.want == nil {
			assert.Empty(t, got, c.cell)
		}
		assert.Subset(t, got, c.want, c.cell)
		for _, name := range c.not {
			assert.NotContains(t, got, name, c.cell)
		}
		assert.Equal(t, cursor, end)
		assert.LessOrEqual(t, start, end)
	}
}

func TestCompleteWhatEarlierCellsHaveSet(t *testing.T) {
	s := newSession(t)
	play(t, s, "net := nn.Sequential{}\nm := notebook.Must(fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{}))", "1")
	got, _, _ := s.Complete("m.Fi", 4)
	assert.Equal(t, []string{"Fit"}, got)
	s.Prepare(goList(t))
	got, _, _ = s.Complete("ne", 2)
	assert.Equal(t, []string{"net", "new"}, got)
}
