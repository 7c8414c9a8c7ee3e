package notebook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNoInput(t *testing.T) {
	var b strings.Builder
	noInputOn(&b, "fmt.Scanln")
	assert.True(t, strings.HasPrefix(b.String(), "fmt.Scanln waits for what nobody can type here: interrupt the cell"))
	assert.Contains(t, b.String(), "gonbui.RequestInput")
	assert.Contains(t, b.String(), "(%with_inputs is for shell commands: !…)\n")
}
