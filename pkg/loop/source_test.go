package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEditsOfOneStatementAmongOthers(t *testing.T) {
	at := func(among, enclosed, sole bool) *Place {
		return &Place{Line: Line{"a.py", 7, "opt.step()"}, Told: Told{Among: among}, Last: 7, Whole: [2]int{7, 7}, WholeHead: "if a: opt.step()", Enclosed: enclosed, Sole: sole}
	}
	for want, e := range map[string]Edit{
		"# in a.py line 7, take out `opt.step()`":           gone(at(true, false, false)),
		"# delete a.py line 7, if a: opt.step()":            gone(at(true, true, false)),
		"# delete a.py line 7, opt.step()":                  gone(at(false, false, false)),
		"# in a.py line 7, in place of `opt.step()`:\npass": gone(at(true, false, true)),
		"# in a.py line 7, in place of `opt.step()`:\nb()":  instead(at(true, false, false), "b()"),
		"# in a.py line 7, ahead of `opt.step()`:\nb()":     ahead(at(true, false, false), "b()"),
		"# in a.py line 7, behind `opt.step()`:\nb()":       behind(at(true, false, false), "b()"),
	} {
		require.Equal(t, want, e.String())
	}
}

func TestPlacesApart(t *testing.T) {
	a := &Place{Line: Line{"a.py", 7, "a.step()"}, Told: Told{Among: true}}
	b := &Place{Line: Line{"a.py", 7, "b.step()"}, Told: Told{Among: true}}
	require.Len(t, apart([]*Place{a, b, a}), 2)
	require.Equal(t, "f(\n    1\n)", (&Place{Line: Line{Text: "f("}, Told: Told{Code: "f(\n    1\n)"}}).code())
	require.Equal(t, "f()", (&Place{Line: Line{Text: "f()  # so"}}).code())
}

func TestPiecesOfAModelInPython(t *testing.T) {
	r := &Recording{}
	for _, name := range []string{"layers.0.fc.weight", "layers.0.fc.bias", "layers.1.fc.weight", "2.weight", "2.bias", "scale", "heads.a-b.weight"} {
		r.Parameters = append(r.Parameters, Parameter{Name: name, Model: true})
	}
	var told []string
	for _, p := range r.pieces([]int{0, 1, 3, 5, 6}) {
		told = append(told, called("model", p.name))
	}
	require.Equal(t, []string{"model.layers[0]", "model[2].weight", "model.scale", "model.heads"}, told)
	require.Equal(t, `model.heads["a-b"]`, called("model", "heads.a-b"))
}
