package notebook

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnread(t *testing.T) {
	var b strings.Builder
	unreadOn(&b, "err", nil)
	assert.Empty(t, b.String())
	unreadOn(&b, "err", errors.New("fit: batch size -3"))
	assert.Equal(t, "err: fit: batch size -3 (nothing looks at this error: notebook.Check(err) behind it ends the cell)\n", b.String())
}

func TestAnErrorIsCarriedAsItsText(t *testing.T) {
	t.Setenv(CarryFolder, t.TempDir())
	err, none := errors.New("two\nlines"), error(nil)
	Carry("err", &err)
	Carry("none", &none)
	EndCell()
	assert.EqualError(t, Carried[error]("err"), "two\nlines")
	assert.NoError(t, Carried("none", err))
	assert.NoError(t, Carried[error]("other"), "nothing yet")
}
