@echo off
rem Opens the counter with the demo hall; sets the machine up first where something is missing.
call "%~dp0with-python.cmd" run %*
exit /b %errorlevel%
