@echo off
rem Runs all tests; sets the machine up first where something is missing.
call "%~dp0with-python.cmd" test %*
exit /b %errorlevel%
