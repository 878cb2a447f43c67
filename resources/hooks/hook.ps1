# Codelearn: keeps what an assistant's hook was told as one file in the spool, and leaves.
# It decides nothing for the assistant and never fails: whatever goes wrong here, the assistant goes on.
# usage: powershell -NoProfile -ExecutionPolicy Bypass -File hook.ps1 ASSISTANT [EVENT]
param([string]$assistant = '', [string]$hookEvent = '')

# Filled in when hooks are installed; looked for where it is empty.
$spool = ''
# Longer payloads are cut. The reader sets such a file aside; the assistant's transcript tells the turn all the same.
$limit = 16777216
$ErrorActionPreference = 'SilentlyContinue'

if ($assistant -like 'cursor*' -and $hookEvent -match '^(before|pre)') { [Console]::Out.Write('{}') }
if ($assistant -eq 'cline') { [Console]::Out.Write('{"cancel":false}') }
try {
	if (-not $spool) {
		$data = if ($env:CODELEARN_HOME) { $env:CODELEARN_HOME } else { Join-Path $env:LOCALAPPDATA 'codelearn\Data' }
		$spool = Join-Path $data 'spool'
	}
	# Bytes, not text: the console's code page must not touch the payload.
	$source = [Console]::OpenStandardInput()
	$bytes = New-Object System.IO.MemoryStream
	$piece = New-Object byte[] 65536
	while (($count = $source.Read($piece, 0, $piece.Length)) -gt 0) {
		if ($bytes.Length -lt $limit) { $bytes.Write($piece, 0, $count) }
	}
	# Nothing is kept where nobody has read the spool for a week: Codelearn is gone, or nobody uses it.
	$seen = [long][System.IO.File]::ReadAllText((Join-Path $spool '.read'))
	$time = ([DateTime]::UtcNow.Ticks - 621355968000000000) * 100
	# The editor's extension brings this hook along, so it waits until somebody was asked.
	$asked = $assistant -notin 'vscode-copilot', 'cursor-plugin' -or (Test-Path -LiteralPath (Join-Path (Split-Path $spool) 'state\capture'))
	if ($asked -and $time / 1000000000 - $seen -lt 691200) {
		$cwd = (Get-Location).ProviderPath.Replace('\', '\\').Replace('"', '\"')
		$name = [Guid]::NewGuid().ToString('N').Substring(0, 10)
		$part = Join-Path $spool ".$name"
		$head = '{"assistant":"' + $assistant + '","event":"' + $hookEvent + '","at":"' + $time + '","cwd":"' + $cwd + '","payload":['
		$utf8 = New-Object System.Text.UTF8Encoding $false
		$file = [System.IO.File]::Open($part, 'CreateNew')
		try {
			$start = $utf8.GetBytes($head)
			$file.Write($start, 0, $start.Length)
			$bytes.WriteTo($file)
			$end = $utf8.GetBytes("]}`n")
			$file.Write($end, 0, $end.Length)
		} finally { $file.Close() }
		[System.IO.File]::Move($part, (Join-Path $spool "$time-$PID-$name.json"))
	}
} catch { }
exit 0
