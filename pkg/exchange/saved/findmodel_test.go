package saved

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindsALoneModelOfAnyName(t *testing.T) {
	for _, name := range []string{"churn_v2.keras", "old.h5", "old.hdf5", "net.pt2"} {
		dir := written(t, map[string]string{name: "", "data.csv": csvRows, "net.weights.h5": ""})
		f, err := Find(dir, Files{})
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, name), f.Model)
	}
	dir := written(t, map[string]string{"churn_v2.keras": "", "model.h5": "", "data.csv": csvRows})
	f, err := Find(dir, Files{})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "model.h5"), f.Model, "the usual name goes first")
}

func TestFindSaysWhatIsThere(t *testing.T) {
	many := map[string]string{}
	for i := range 20 {
		many[fmt.Sprintf("%02d.txt", i)] = ""
	}
	for says, files := range map[string]map[string]string{
		"holds several models, a.keras and b.h5: name one with --model":                                                                                      {"a.keras": "", "b.h5": "", "data.csv": csvRows},
		"holds no model, only data.csv and net.weights.h5: it may be config.json, model.keras, model.h5 or model.pt2":                                        {"net.weights.h5": "", "data.csv": csvRows},
		"holds no model, it is empty: it may be config.json, model.keras, model.h5 or model.pt2, or one file of such a kind; model.save(\"model.keras\") of": {},
		"06.txt, 07.txt and 12 more: it may be":                                       many,
		`only "a\x1b[31m.txt": it may be`:                                             {"a\x1b[31m.txt": ""},
		"holds no data, only churn.keras: it may be a data.npz with arrays x and y":   {"churn.keras": ""},
		"holds several files that can be data, a.csv and b.npz: name one with --data": {"churn.keras": "", "a.csv": csvRows, "b.npz": ""},
	} {
		_, err := Find(written(t, files), Files{})
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), `["`, "a list as people write it")
	}
}

func TestFindIsGivenAFile(t *testing.T) {
	dir := written(t, map[string]string{"model.keras": ""})
	_, err := Find(filepath.Join(dir, "model.keras"), Files{})
	require.ErrorContains(t, err, "model.keras is a file: give the folder that it lies in, with model and data")
}
