package docs_test

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestATrainingIsDescribedOnce holds that training.Training is the only description of a training: no other exported struct
// puts an optimizer, a loss and data or settings of a fit together, and none but fit.Config, which a training is turned into,
// has epochs and a batch size. What a file says of a compiled model, without data, is no training yet.
func TestATrainingIsDescribedOnce(t *testing.T) {
	described := 0
	eachStruct(t, func(where, name string, fields []structField) {
		has := func(names ...string) bool {
			return slices.ContainsFunc(fields, func(f structField) bool { return slices.Contains(names, f.is) })
		}
		named := func(name string) bool {
			return slices.ContainsFunc(fields, func(f structField) bool { return f.name == name })
		}
		whole := has("optim.Optimizer", "fit.Optimizer") && has("loss.Loss", "loss.Outputs") && has("dataset.Data", "fit.Config", "fit.Options")
		loop := named("Epochs") && named("BatchSize")
		switch name {
		case "training.Training":
			described++
			assert.True(t, whole && loop, "%s: the one description has all of it", where)
		case "fit.Config":
			assert.True(t, loop && !whole, where)
		default:
			assert.False(t, whole, "%s: %s describes a training a second time: take a training.Training", where, name)
			assert.False(t, loop, "%s: %s says a second time how long a training is: take a training.Training", where, name)
		}
	})
	require.Equal(t, 1, described)
}

// structField is a field by its name, of an embedded one the type's, and its type: "loss.Loss", without pointers and slices.
type structField struct{ name, is string }

// eachStruct visits the exported structs under pkg/, named with their packages.
func eachStruct(t *testing.T, visit func(where, name string, fields []structField)) {
	eachFile(t, []string{"pkg"}, func(_ string, file *ast.File, at func(token.Pos) token.Position) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				visit(at(spec.Pos()).String(), file.Name.Name+"."+spec.Name.Name, fieldsOf(s, file.Name.Name))
			}
			return true
		})
	})
}

func fieldsOf(s *ast.StructType, pkg string) []structField {
	var all []structField
	for _, f := range s.Fields.List {
		is := strings.TrimLeft(types.ExprString(f.Type), "*[]")
		base := is[strings.LastIndex(is, ".")+1:]
		if base == is {
			is = pkg + "." + is
		}
		if len(f.Names) == 0 {
			all = append(all, structField{base, is})
		}
		for _, name := range f.Names {
			all = append(all, structField{name.Name, is})
		}
	}
	return all
}
