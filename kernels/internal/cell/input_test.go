package cell

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWhoReadsWhatIsTypedIsTold holds that no cell waits for input without a word, and none that asks for it is disturbed.
func TestWhoReadsWhatIsTypedIsTold(t *testing.T) {
	for cell, want := range map[string]string{
		"var n int\nfmt.Scanln(&n)\nn":                                `notebook.NoInput("fmt.Scanln"); `,
		"fmt.Println(1)\nn, err := fmt.Scanf(\"%d\")\nfmt.Print(err)": `notebook.NoInput("fmt.Scanf"); fmt.Println(1)`,
		"data := notebook.Must(io.ReadAll(os.Stdin))\nlen(data)":      `notebook.NoInput("os.Stdin"); `,
		"fmt.Sscan(\"1\", new(int))":                                  "",
		"import \"github.com/janpfeifer/gonb/gonbui\"\nvar n int\ngonbui.RequestInput(\"n \", false)\nfmt.Scanln(&n)": "",
	} {
		code := play(t, newSession(t), cell).Code
		if want == "" {
			assert.NotContains(t, code, "NoInput", cell)
			continue
		}
		assert.Contains(t, code, want, cell)
	}
}
