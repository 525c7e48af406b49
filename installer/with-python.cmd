@echo off
rem Finds Python 3.11 or newer and hands over to bootstrap.py.
setlocal
chcp 65001 >nul
set "PYTHONUTF8=1"
for %%P in ("py -3" "python" "python3") do (
    %%~P -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && (
        set "PYTHON=%%~P"
        goto found
    )
)
type "%~dp0need-python.txt"
echo   winget install Python.Python.3.13
exit /b 2

:found
%PYTHON% "%~dp0bootstrap.py" %*
exit /b %errorlevel%
