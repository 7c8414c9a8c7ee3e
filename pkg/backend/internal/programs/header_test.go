package programs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTable compares the places of functions and the members of structures in hook.h with the header of go-xla.
func TestTable(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gomlx/go-xla").Output()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "pjrt", "pjrt_c_api.h"))
	require.NoError(t, err)
	header := string(text)
	ours, err := os.ReadFile("hook.h")
	require.NoError(t, err)

	table := header[strings.Index(header, "typedef struct PJRT_Api {"):]
	places := map[string]int{}
	for i, found := range regexp.MustCompile(`_PJRT_API_STRUCT_FIELD\((PJRT_\w+)\);`).FindAllStringSubmatch(table, -1) {
		places[found[1]] = i
	}
	for name, function := range map[string]string{
		"unstuck_error_destroy":  "PJRT_Error_Destroy",
		"unstuck_client_compile": "PJRT_Client_Compile", "unstuck_executable_destroy": "PJRT_Executable_Destroy",
		"unstuck_executable_serialize": "PJRT_Executable_Serialize", "unstuck_get_executable": "PJRT_LoadedExecutable_GetExecutable",
		"unstuck_deserialize_and_load": "PJRT_Executable_DeserializeAndLoad",
	} {
		found := regexp.MustCompile(name + ` = (\d+),`).FindSubmatch(ours)
		require.NotNil(t, found, name)
		place, err := strconv.Atoi(string(found[1]))
		require.NoError(t, err)
		require.Contains(t, places, function)
		require.Equal(t, places[function], place, function)
	}

	members := func(name string) []string {
		body := header[strings.Index(header, "struct "+name+" {"):]
		body = body[:strings.Index(body, "\n};")]
		var all []string
		for _, found := range regexp.MustCompile(`(?m)^  [^/\n]*?(?:\(\*(\w+)\)\(|(\w+);)`).FindAllStringSubmatch(body, -1) {
			all = append(all, found[1]+found[2])
		}
		return all
	}
	for name, want := range map[string]string{
		"PJRT_Program":                             "struct_size extension_start code code_size format format_size",
		"PJRT_Client_Compile_Args":                 "struct_size extension_start client program compile_options compile_options_size executable",
		"PJRT_Error_Destroy_Args":                  "struct_size extension_start error",
		"PJRT_Executable_Destroy_Args":             "struct_size extension_start executable",
		"PJRT_LoadedExecutable_GetExecutable_Args": "struct_size extension_start loaded_executable executable",
		"PJRT_Executable_Serialize_Args":           "struct_size extension_start executable serialized_bytes serialized_bytes_size serialized_executable serialized_executable_deleter",
		"PJRT_Executable_DeserializeAndLoad_Args":  "struct_size extension_start client serialized_executable serialized_executable_size loaded_executable overridden_serialized_compile_options overridden_serialized_compile_options_size",
	} {
		require.Equal(t, want, strings.Join(members(name), " "), name)
	}
}
