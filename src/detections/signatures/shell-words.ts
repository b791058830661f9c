/** Names of programs and builtins that attackers run. */

/** Words that nothing else means: their name with an argument, or behind a separator, is enough. */
const PLAIN =
  "aptitude ash awk base32 base64 bash bcdboot bcdedit bitsadmin busybox bzcat bzip2 cacls certutil chattr chgrp chmod chown chroot cksum cmd cmd.exe cpio crontab cscript csh curl dash dd dirname dmesg dpkg dscl echo egrep emacs env expr fdisk fgrep fish fsutil ftp gawk gcc gdb getent getfacl ghostscript git grep groupadd groups gunzip gzip hexdump hostname htpasswd iconv id ifconfig insmod ionice ip6tables ipconfig iptables java javac journalctl jq kmod ksh ldd ln logname ls lsattr lsb_release lsmod lsof lua lwp-download lwp-request lynx mawk mkdir mkfifo mknod mktemp modprobe mshta msiexec mysql mysqldump nano nbtstat nc nc.openbsd nc.traditional ncat net net1 netcat netsh netstat nice nl nmap node nohup nslookup od openssl passwd perl perl5 pgrep php php5 php7 ping ping6 pip pip3 pkexec pkill popd powershell powershell.exe printenv printf ps psql pushd pwd pwsh py python python2 python3 readlink regsvr32 rlogin rm rmdir rpm rsh rsync ruby rundll32 scp sed setenv sftp sh sha1sum sha256sum shutdown sleep smbclient socat sqlite3 ss ssh sshpass stat strace strings su sudo sysctl systemctl systeminfo tac tar taskkill tasklist tclsh tcpdump tcsh telnet tftp timeout touch tr traceroute tree tty uname unlink unset unzip useradd userdel usermod vim wget whoami wmic wscript xargs xxd xz yum zcat zip zsh cat chdir cp mv del dir exec eval whereis which schtasks attrib icacls vssadmin wevtutil lsblk lscpu ipcs apt apt-get apk composer npm nsenter unshare docker kubectl mount umount visudo adduser vi ed gpg ld strace arp route dig iwr iex invoke-expression invoke-webrequest get-process get-childitem start-process new-object ver".split(
    " ",
  );

/** Words of languages too: they count behind a separator with nothing, a path or an option behind them. */
const COMMON =
  "alias at batch bg break builtin cal case cc cd cmp column comm command cut date declare df diff disable du enable export false fg file find finger fold for free function gem go hash head help history host if jobs join kill last less let link local locate login logout look mail make man md more move msg nm paste patch pic pr print qwinsta r rd read ren rev script set shift sort source split start stop tail talk tee test time top trap true type ul umask uniq until users w wait wall watch wc while who write x xmodmap yes date reg sc copy rename".split(
    " ",
  );

/** Programs that mean one thing. */
export const PLAIN_COMMANDS: ReadonlySet<string> = new Set(PLAIN);

/** Programs whose names are words. */
export const COMMON_COMMANDS: ReadonlySet<string> = new Set(COMMON);
