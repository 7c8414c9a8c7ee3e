package record_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/record"
)

func TestEpochsCSV(t *testing.T) {
	var b strings.Builder
	require.NoError(t, record.EpochsCSV(&b, strange()))
	require.Equal(t, `epoch,learning_rate,seconds,loss,"a,""b""
",val_loss,val_c
7,5e-324,1e-09,NaN,-Inf,,
8,1.7976931348623157e+308,0,0.1,,+Inf,
9,0,3600,0,,0,0.3333333333333333
`, b.String())
	b.Reset()
	require.NoError(t, record.EpochsCSV(&b, &fit.History{Epochs: []fit.Epoch{{Number: 1, Loss: 2}}}))
	require.Equal(t, "epoch,learning_rate,seconds,loss\n1,0,0,2\n", b.String())
}

func TestStepsCSV(t *testing.T) {
	var b strings.Builder
	require.NoError(t, record.StepsCSV(&b, strange()))
	require.Equal(t, `step,loss,one/ü,two[0],two[1]
1,NaN,,,
2,+Inf,1,NaN,1e-45
3,-Inf,,,
4,1e-45,,,
5,3.4028235e+38,+Inf,0.3,-1
6,0.1,,,
7,-0,,,
`, b.String())
}
