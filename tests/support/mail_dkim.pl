# Mail::DKIM for tests: signs, verifies and seals messages in files, with keys from a file instead of the DNS.
#   mail_dkim.pl verify KEYS FILE...                            per file: its results, separated by blanks
#   mail_dkim.pl sign PEM DOMAIN SELECTOR METHOD FILE...        per file: the field, into FILE.signed
#   mail_dkim.pl arc-verify KEYS FILE...                        per file: none, pass or fail
#   mail_dkim.pl arc-sign KEYS PEM DOMAIN SELECTOR FILE...      per file: the three fields, into FILE.sealed
# KEYS: one line per record, "name<TAB>text".
use strict;
use warnings;
use Mail::DKIM::ARC::Signer;
use Mail::DKIM::ARC::Verifier;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use Net::DNS;

my %keys;

sub read_keys {
    open my $in, '<', $_[0] or die "$_[0]: $!";
    while (<$in>) {
        chomp;
        my ( $name, $text ) = split /\t/, $_, 2;
        push @{ $keys{$name} }, $text;
    }
    no warnings 'redefine';
    *Mail::DKIM::DNS::query = sub {
        my ($name) = @_;
        $@ = 'NXDOMAIN';
        return map { Net::DNS::RR->new( owner => $name, type => 'TXT', txtdata => [ unpack '(A250)*', $_ ] ) } @{ $keys{$name} || [] };
    };
    return;
}

sub feed {
    my ( $engine, $file ) = @_;
    open my $in, '<:raw', $file or die "$file: $!";
    local $/;
    my $text = <$in>;
    $engine->PRINT($text);
    $engine->CLOSE;
    return;
}

sub put {
    my ( $file, $text ) = @_;
    open my $out, '>:raw', $file or die "$file: $!";
    print {$out} $text;
    close $out;
    return;
}

my $mode = shift;
if ( $mode eq 'verify' ) {
    read_keys(shift);
    for my $file (@ARGV) {
        my $v = Mail::DKIM::Verifier->new;
        feed( $v, $file );
        print join( ' ', map { $_->result } $v->signatures ), "\n";
    }
} elsif ( $mode eq 'sign' ) {
    my ( $pem, $domain, $selector, $method, @files ) = @ARGV;
    for my $file (@files) {
        my $s = Mail::DKIM::Signer->new( Algorithm => 'rsa-sha256', Method => $method, Domain => $domain, Selector => $selector, KeyFile => $pem );
        feed( $s, $file );
        put( "$file.signed", $s->signature->as_string . "\r\n" );
    }
} elsif ( $mode eq 'arc-verify' ) {
    read_keys(shift);
    for my $file (@ARGV) {
        my $v = Mail::DKIM::ARC::Verifier->new;
        feed( $v, $file );
        print $v->result, "\n";
    }
} elsif ( $mode eq 'arc-sign' ) {
    read_keys(shift);
    my ( $pem, $domain, $selector, @files ) = @ARGV;
    for my $file (@files) {
        my $s = Mail::DKIM::ARC::Signer->new(
            Algorithm => 'rsa-sha256', Domain => $domain, Selector => $selector, KeyFile => $pem,
            SrvId => $domain, Chain => 'ar', Timestamp => time
        );
        feed( $s, $file );
        die $s->result_detail unless $s->result eq 'sealed';
        put( "$file.sealed", join '', map {"$_\r\n"} $s->as_strings );
    }
} else {
    die "unknown mode\n";
}
