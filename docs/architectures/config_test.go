package architectures_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/training"
)

// folder is what a user hands over: the config that Keras writes, data, and the settings of model.fit.
type folder struct {
	config        map[string]any
	data          dataset.Data
	epochs, batch int
	seed          int
}

// readConfigs reads the compiled configs of the architectures, with Adam, by name.
func readConfigs(t *testing.T) (names []string, configs map[string]json.RawMessage) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "pkg", "exchange", "keras", "testdata", "architectures.json.gz"))
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	text, err := io.ReadAll(unzipped)
	require.NoError(t, err)
	var record struct {
		Cases []struct {
			Name    string
			Configs map[string]json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(text, &record))
	configs = map[string]json.RawMessage{}
	for _, c := range record.Cases {
		names = append(names, c.Name)
		configs[c.Name] = c.Configs["adam"]
	}
	return names, configs
}

// given is the folder of a training that is well.
func (a architecture) given(t *testing.T, config json.RawMessage) *folder {
	t.Helper()
	f := &folder{epochs: a.epochs, batch: 16, seed: 7}
	require.NoError(t, json.Unmarshal(config, &f.config))
	f.data = a.data(rand.New(rand.NewPCG(11, 12)), a.rows)
	f.optimizer()["learning_rate"] = a.rate
	return f
}

// read writes the folder and reads it as the command does.
func (f *folder) read(t *testing.T) training.Training {
	t.Helper()
	dir := t.TempDir()
	config, err := json.Marshal(f.config)
	require.NoError(t, err)
	settings, err := json.Marshal(map[string]any{"epochs": f.epochs, "batch_size": f.batch, "seed": f.seed})
	require.NoError(t, err)
	for name, content := range map[string][]byte{"config.json": config, "fit.json": settings} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	d, err := keras.ReadConfig(bytes.NewReader(config))
	require.NoError(t, err)
	inputs, outputs := saved.ArrayNames(d.Training)
	require.NoError(t, dataset.WriteNPZNamed(filepath.Join(dir, "data.npz"), f.data, inputs, outputs))
	files, err := saved.Find(dir, saved.Files{})
	require.NoError(t, err)
	c, err := files.Read()
	require.NoError(t, err)
	return c
}

// compiled is what model.compile was called with.
func (f *folder) compiled() map[string]any { return f.config["compile_config"].(map[string]any) }

// optimizer are the settings of the optimizer.
func (f *folder) optimizer() map[string]any {
	return f.compiled()["optimizer"].(map[string]any)["config"].(map[string]any)
}

// layers are the objects of all layers of the model, those within others too, in the order of the config.
func (f *folder) layers() []map[string]any {
	var all []map[string]any
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			if _, is := v["class_name"]; is {
				if settings, has := v["config"].(map[string]any); has && settings["name"] != nil {
					all = append(all, v)
				}
			}
			if config, is := v["config"].(map[string]any); is {
				walk(config["layers"])
				walk(config["layer"])
			}
		}
	}
	walk(f.config)
	return all[1:] // the first is the model
}

// set gives a setting to all layers that have it.
func (f *folder) set(key string, value any) int {
	n := 0
	for _, l := range f.layers() {
		settings := l["config"].(map[string]any)
		if _, has := settings[key]; has {
			settings[key] = value
			n++
		}
	}
	return n
}
