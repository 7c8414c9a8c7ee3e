package loop

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/backend/backendtest"
)

// Words that only one of the frameworks has.
var (
	ofPyTorch = regexp.MustCompile(`zero_grad|state_dict|requires_grad|detach|no_grad|nn\.Module|DataLoader|loader\)|step\(\)|backward\(|\.train\(\)|model\.training|eval mode|autocast|torch\.|unsqueeze|\.parameters\(`)
	ofKeras   = regexp.MustCompile(`tape\.|the tape|apply\(|optimizer\.apply|stop_gradient|set_weights|load_weights|training=True|trainable = |trainable_variables|keras\.|from_logits|a dataset of`)
)

// written are the files whose texts are changes in one framework's code.
var written = map[string]*regexp.Regexp{"locate.go": ofPyTorch, "locateloss.go": ofPyTorch}

// Each text of the rules that has a word of one framework's stands where it is said of that framework's recordings alone: as the first
// text given to spoken for PyTorch, as the second for Keras.
func TestEachTextSpeaksOfItsOwnFramework(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	chosen, plain := 0, 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "doc.go" {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		texts := func(n ast.Node, check func(text string)) {
			ast.Inspect(n, func(n ast.Node) bool {
				if l, is := n.(*ast.BasicLit); is && l.Kind == token.STRING {
					if text, err := strconv.Unquote(l.Value); assert.NoError(t, err) && strings.Contains(text, " ") { // else an id, a path or a tag
						check(text)
					}
				}
				return true
			})
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				switch name := n.Names[0].Name; name {
				case "remedies", "remediesBy": // Torch beside Keras
					return false
				case "meanings", "kerasMeanings": // held to the words of both below
					return false
				}
			case *ast.CallExpr:
				if s, is := n.Fun.(*ast.SelectorExpr); is && s.Sel.Name == "spoken" {
					require.Len(t, n.Args, 2)
					texts(n.Args[0], func(text string) { chosen++; assert.NotRegexp(t, ofKeras, text, file) })
					texts(n.Args[1], func(text string) { chosen++; assert.NotRegexp(t, ofPyTorch, text, file) })
					return false
				}
			case *ast.BasicLit:
				texts(n, func(text string) {
					plain++
					keras := strings.HasPrefix(file, "keras")
					if !keras {
						assert.NotRegexp(t, ofKeras, text, file)
					}
					if written[file] != ofPyTorch {
						assert.NotRegexp(t, ofPyTorch, text, file)
					}
				})
			}
			return true
		})
	}
	require.Greater(t, chosen, 30)
	require.Greater(t, plain, 50)
}

// A cause's meaning is in the recording's words, and each of Keras' own replaces one.
func TestMeaningsSpeakOfTheirOwnFramework(t *testing.T) {
	for cause := range meanings {
		require.NotRegexp(t, ofKeras, (&Recording{Framework: torchFramework}).meaning(cause))
		require.NotRegexp(t, ofPyTorch, (&Recording{Framework: kerasFramework}).meaning(cause))
	}
	for cause, said := range kerasMeanings {
		require.NotEqual(t, meanings[cause], said)
		require.NotEmpty(t, meanings[cause])
	}
}

// No word of the other framework stands in a report, whatever is recorded.
func TestReportsSpeakOfTheirOwnFramework(t *testing.T) {
	packed, err := filepath.Glob("testdata/*.tar.gz")
	require.NoError(t, err)
	more, err := filepath.Glob("testdata/keras/*.tar.gz")
	require.NoError(t, err)
	require.NotEmpty(t, more)
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, file := range append(packed, more...) {
			r, err := Read(targz.Unpack(t, file))
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{Backend: b})
			require.NoError(t, err)
			other := ofKeras
			if r.Framework == kerasFramework {
				other = ofPyTorch
			}
			require.NotRegexp(t, other, report.Text(), file)
		}
	})
}
