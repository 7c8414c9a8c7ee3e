package kernels

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCompleteness(t *testing.T) {
	for cell, want := range map[string]isComplete{
		"":                               {Status: "complete"},
		"%%\nfmt.Println(1)":             {Status: "complete"},
		"//gonb:%%\nfmt.Println(1)":      {Status: "complete"},
		"%%":                             {Status: "complete"},
		"func f() {}":                    {Status: "complete"},
		"import \"fmt\"\nvar x = 1":      {Status: "complete"},
		"func f() {}\n%%\nf()":           {Status: "complete"},
		"%%bash\necho \"":                {Status: "complete"},
		"!ls (":                          {Status: "complete"},
		"%env A=b\n%%\nfmt.Println(1)":   {Status: "complete"},
		"%main --steps=3\nrun()":         {Status: "complete"},
		"func f() {":                     {Status: "incomplete", Indent: "\t"},
		"%%\nfor range 3 {\n\tif true {": {Status: "incomplete", Indent: "\t\t"},
		"%%\nfmt.Println(":               {Status: "incomplete", Indent: "\t"},
		"var x = []int{1,":               {Status: "incomplete", Indent: "\t"},
		"var x = `a":                     {Status: "incomplete"},
		"/* a":                           {Status: "incomplete"},
		"x := 1":                         {Status: "complete"},
		"x := 1\nfunc f() {}\nf()":       {Status: "complete"},
		"x := 1 2":                       {Status: "invalid"},
		"for range 3 {":                  {Status: "incomplete", Indent: "\t"},
		"func f() }":                     {Status: "invalid"},
		"%%\nfmt.Println)":               {Status: "invalid"},
		"%%\nif {\n}}}":                  {Status: "invalid"},
	} {
		assert.Equal(t, want, completeness(cell), cell)
	}
}
