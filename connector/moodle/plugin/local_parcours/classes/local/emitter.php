<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local;

/**
 * What decides whether logstore_xapi tells a learning record store everything, and what it could not tell.
 *
 * Its user name, its password and the path of its endpoint stay here.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class emitter {
    /** Moodle's event of a completion that changes. */
    private const COMPLETION = '\\core\\event\\course_module_completion_updated';

    /**
     * Reads the settings.
     *
     * @return array|null null where logstore_xapi is not installed
     */
    public static function observe(): ?array {
        $settings = get_config('logstore_xapi');
        if (empty($settings->version)) {
            return null;
        }
        $stores = explode(',', (string) get_config('tool_log', 'enabled_stores'));
        return [
            'plugin' => 'logstore_xapi',
            'version' => (string) $settings->version,
            'enabled' => in_array('logstore_xapi', $stores, true),
            'endpoint' => self::origin((string) ($settings->endpoint ?? '')),
            'completions' => in_array(self::COMPLETION, explode(',', (string) ($settings->routes ?? '')), true),
            'background' => !empty($settings->backgroundmode),
            'batch' => (int) ($settings->maxbatchsize ?? 0),
            'resend' => !empty($settings->resendfailedbatches),
            'idnumbers' => !empty($settings->sendidnumber),
            'actor' => self::actor($settings),
            'waiting' => self::waiting('logstore_xapi_log'),
            'failed' => self::waiting('logstore_xapi_failed_log'),
        ];
    }

    /**
     * Scheme, host and port of an address: what may be compared without telling a secret.
     *
     * @param string $address
     * @return string empty for what is no address
     */
    private static function origin(string $address): string {
        $parts = parse_url($address);
        if (empty($parts['scheme']) || empty($parts['host'])) {
            return '';
        }
        return "{$parts['scheme']}://{$parts['host']}" . (isset($parts['port']) ? ":{$parts['port']}" : '');
    }

    /**
     * What people are named by: their e-mail, their user name or the number of their account.
     *
     * @param \stdClass $settings
     * @return string
     */
    private static function actor(\stdClass $settings): string {
        if (!empty($settings->mbox)) {
            return 'email';
        }
        return empty($settings->send_username) ? 'id' : 'username';
    }

    /**
     * Events that wait in a table of logstore_xapi.
     *
     * @param string $table
     * @return array how many, and the instant of the oldest, 0 for none
     */
    private static function waiting(string $table): array {
        global $DB;
        $found = $DB->get_record_sql("SELECT COUNT(*) AS events, MIN(timecreated) AS oldest FROM {{$table}}");
        return ['events' => (int) $found->events, 'oldest' => (int) $found->oldest];
    }
}
