package cell

import (
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

var goRoot = sync.OnceValue(func() string {
	out, _ := exec.Command("go", "env", "GOROOT").Output()
	return strings.TrimSpace(string(out))
})

func explainer(t testing.TB) *Session {
	s := newSession(t)
	s.Root = goRoot
	return s
}

// explained asks about the name at |.
func explained(s *Session, cell string) (markdown, plain string, ok bool) {
	return s.Explain(strings.Replace(cell, "|", "", 1), len([]rune(cell[:strings.Index(cell, "|")])))
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		cell string
		want []string // one behind the other
	}{
		{"fit.Comp|ile", []string{"```go\nfunc fit.Compile(net nn.Layer, o fit.Optimizer, l loss.Loss, options fit.Options) (*fit.Model, error)\n```\n\n---\n\nCompile puts a network, an optimizer and a loss together"}},
		{"nn.Sequential|{}", []string{"```go\ntype Sequential []Layer\n```\n\n---\n\nSequential applies its layers", "```go\nfunc (s nn.Sequential) Apply(scope *model.Scope, x *graph.Node) *graph.Node\n"}},
		{"nn.Dense{|}", []string{"type Dense struct {\n", "// size of the output; must be positive\n", "Dense computes activation"}},
		{"d := nn.Dense{Units|: 2}", []string{"field Units int\n```\n\n---\n\nsize of the output"}},
		{"c := fit.Config{}\nc.Epo|chs", []string{"field Epochs int"}},
		{"m, err := fit.Compile(nil, nil, nil, fit.Options{})\nm.Fit(notebook.Context(), |", []string{"func (m *fit.Model) Fit(ctx context.Context, d dataset.Data, c fit.Config) (*fit.History, error)", "Fit trains the model on d"}},
		{"opt := optim.Adam(0.1).Wi|th()", []string{"func (o optim.Optimizer) With(t ...optim.Transform) optim.Optimizer", "With returns a copy"}},
		{"n|n.Dense{}", []string{"```go\npackage nn\n```\n\n---\n\nPackage nn describes neural networks"}},
		{"fit.Optimizer|(nil)", []string{"type Optimizer = optimizer.Interface"}},
		{"math.Pi|", []string{"const math.Pi untyped float = 3.14159\n", "Mathematical constants.", "[`math.Pi` on pkg.go.dev](https://pkg.go.dev/math#Pi)"}},
		{"x := math.Floor(2|)", []string{"func math.Floor(x float64) float64", "greatest integer"}},
		{"strings.Split|(\"a\", \"b\")", []string{"func strings.Split(s string, sep string) []string", "[SplitN](https://pkg.go.dev/strings#SplitN)"}},
		{"var b strings.Builder\nb.Le|n()", []string{"func (b *strings.Builder) Len() int", "[`strings.Builder.Len` on pkg.go.dev](https://pkg.go.dev/strings#Builder.Len)"}},
		{"time.Second|", []string{"const time.Second time.Duration = 1000000000", "Common durations."}},
		{"len|(\"a\")", []string{"func len(v Type) int", "The len built-in function", "[`len` on pkg.go.dev](https://pkg.go.dev/builtin#len)"}},
		{"var err error\nerr.Error|()", []string{"func (error) Error() string"}},
		{"x := in|t(3)", []string{"type int int", "signed integer"}},
		{"y := 3\nfmt.Println(y|)", []string{"```go\nvar y int\n```"}},
		{"größe := 3.5\ngrö|ße", []string{"var größe float64"}},
		{"for i := range 3 {\n\tfmt.Println(i|", []string{"var i int"}},
		{"for i := range math.Floor|", []string{"func math.Floor"}},
		{"// twice doubles.\nfunc twice(n int) int { return 2*n }\ntwi|ce(3)", []string{"func twice(n int) int\n```\n\n---\n\ntwice doubles."}},
		{"// point is a place.\ntype point struct {\n\tX int // across\n}\n\nfunc (p point) Norm() int { return p.X| }", []string{"field X int\n```\n\n---\n\nacross"}},
		{"// point is a place.\ntype poi|nt struct {\n\tX int // across\n}\nfunc (p point) Norm() int { return p.X }", []string{"type point struct {\n\tX int // across\n}", "point is a place.", "func (p point) Norm() int"}},
		{"%%\nnn.ReLU|{}", []string{"type ReLU struct"}},
		{"nowhere.Na|me", nil},
		{"ne|t", nil},
		{"\"nn.Den|se\"", nil},
		{"// nn.Den|se", nil},
		{"x := undefined()\nx|", nil},
		{"%%bash\nnn.Dense|", nil},
		{"|", nil},
	} {
		markdown, plain, ok := explained(explainer(t), c.cell)
		if c.want == nil {
			assert.False(t, ok, "%s: %s", c.cell, markdown)
			continue
		}
		if !assert.True(t, ok, c.cell) {
			continue
		}
		rest := markdown
		for _, want := range c.want {
			_, after, found := strings.Cut(rest, want)
			assert.True(t, found, "%s: no %q in %s", c.cell, want, markdown)
			rest = after
		}
		assert.NotContains(t, markdown, "file://", c.cell)
		assert.NotContains(t, plain, "```", c.cell)
		assert.NotEmpty(t, plain, c.cell)
	}
}

func TestExplainWhatEarlierCellsHaveSet(t *testing.T) {
	s := explainer(t)
	play(t, s, "net := nn.Sequential{}\nm := notebook.Must(fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{}))", "1")
	for cell, want := range map[string]string{"m.Fi|t": "func (m *fit.Model) Fit(", "ne|t": "var net nn.Sequential", "m|": "var m *fit.Model"} {
		markdown, _, ok := explained(s, cell)
		assert.True(t, ok, cell)
		assert.Contains(t, markdown, want)
	}
}

// TestExplainWhatIsNotThere: JupyterLab asks about what someone has typed whenever it lists what could stand there.
func TestExplainWhatIsNotThere(t *testing.T) {
	for _, cell := range []string{"nn.L|", "x := dataset.Rand|", "c := fit.Config{}\nc.Ep|", "fit.Config{}.Ep|", "x := nn.L|("} {
		markdown, plain, ok := explained(explainer(t), cell)
		assert.True(t, ok, cell)
		assert.Empty(t, markdown+plain, cell)
	}
}

// TestExplainWithoutSources: where a package's files aren't where they were compiled, gopls is to say what it can.
func TestExplainWithoutSources(t *testing.T) {
	s := newSession(t)
	_, _, ok := explained(s, "math.Floor|")
	assert.False(t, ok)
	markdown, _, ok := explained(s, "y := 3\ny|")
	assert.True(t, ok, "which needs none")
	assert.Equal(t, "```go\nvar y int\n```", markdown)
}
